public import Wire

/// Where joint decisions are kept, and their bounds.
///
/// - Source: docs/spec/16-governance.md.
public enum Governance {
  /// What calls name.
  public static let contract = "governance"
  /// The role that casts an organisation's vote.
  public static let governor = "governor"
  /// Who did what the start of an epoch does.
  public static let actor = "governance"
  /// The operation of the events that start an epoch.
  public static let startEpoch = "startEpoch"

  /// Most changes of one proposal: people read them all.
  public static let changesPerProposal = 16
  /// Most decided changes that wait for one epoch. Long ones, as of chains with many validators,
  /// may reach a value's limit before: the vote that decides is then refused until an epoch later.
  public static let changesPending = 64

  /// What is decided and not yet in force; absent until the first decision.
  public static let pending = AssetID(namespace: "governance.pending", key: "next")

  /// Proofs that validators lied, all in one trail; absent until the first report.
  public static let evidence = AssetID(namespace: "governance.evidence", key: "current")
  /// The method that records one.
  public static let reportEquivocation = "reportEquivocation"

  public static func proposal(_ id: String) -> AssetID {
    AssetID(namespace: "governance.proposal", key: id)
  }

  /// Decisions that wait, as the value of `pending` has them.
  public static func decisions(decoding bytes: [UInt8]) throws(ModelFault) -> [WireDecision] {
    do {
      return try WirePendingChanges(strict: bytes, limit: Limits.valueBytes).decisions
    } catch {
      throw .wire(error)
    }
  }

  /// How many validators one epoch may change: those who stay as they are then make a quorum of the
  /// next epoch by themselves. A chain too small to bear a fault changes one at a time.
  public static func validatorChangesMax(of set: ValidatorSet) -> Int { max(1, set.maxFaulty) }
}

extension WireChange {
  /// The operation of the event that applies it.
  public var operation: String {
    switch kind {
    case .addValidator: "addValidator"
    case .removeValidator: "removeValidator"
    case .replaceValidatorKey: "replaceValidatorKey"
    case .addOrganisation: "addOrganisation"
    case .suspendOrganisation: "suspendOrganisation"
    case .reinstateOrganisation: "reinstateOrganisation"
    case .addMember: "addMember"
    case .suspendMember: "suspendMember"
    case .reinstateMember: "reinstateMember"
    case .replaceMemberKeys: "replaceMemberKeys"
    case .setMemberRoles: "setMemberRoles"
    case .setSettings: "setSettings"
    case .setPermission: "setPermission"
    case .addObserver: "addObserver"
    case .removeObserver: "removeObserver"
    case .trustChain: "trustChain"
    case .setChannel: "setChannel"
    case nil: "none"
    }
  }

  /// Whether it changes who votes on blocks.
  public var isOfValidators: Bool {
    switch kind {
    case .addValidator, .removeValidator, .replaceValidatorKey: true
    default: false
    }
  }

  /// The assets of its own that it reads: an organisation, a member, a channel and its other end.
  var subjects: [AssetID] {
    switch kind {
    case .addOrganisation(let record): [Registry.organisation(record.id)]
    case .suspendOrganisation(let id), .reinstateOrganisation(let id): [Registry.organisation(id)]
    case .addMember(let record): [Member.asset(record.id)]
    case .suspendMember(let id), .reinstateMember(let id): [Member.asset(id)]
    case .replaceMemberKeys(let keys): [Member.asset(keys.member)]
    case .setMemberRoles(let roles): [Member.asset(roles.member)]
    case .trustChain(let record): [TrustedChain.asset(record.chainID.octets)]
    case .setChannel(let terms):
      [Channel.asset(terms.id), TrustedChain.asset(terms.remoteChain.octets)]
        + (terms.leadsToPlace ? [Member.asset(terms.gateway)] : [])
    case .addValidator, .removeValidator, .replaceValidatorKey, .addObserver, .removeObserver,
      .setSettings, .setPermission, nil:
      []
    }
  }
}
