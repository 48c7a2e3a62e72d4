internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import Wire

/// A member who can cast its organisation's vote.
struct Governor {
  let member: Member
  /// Opens the member's key file.
  let identity: () throws -> Identity
}

extension ConnectionOptions {
  /// Who proposes and votes: the member that was named, or with --dir alone all governors whose
  /// keys are in the folder.
  func governors(on ledger: RemoteLedger) async throws -> [Governor] {
    if let dir, !namesMember { return try await NetworkFolder(dir).governors(on: ledger) }
    let identity = try identity()
    return [Governor(member: try await ledger.member(identity.member)) { identity }]
  }
}

extension NetworkFolder {
  /// The governors whose keys are here, as the chain has them now.
  func governors(on ledger: RemoteLedger) async throws -> [Governor] {
    var governors: [Governor] = []
    for id in try readManifest().members {
      let member = try await ledger.member(id)
      guard member.roles.contains(Governance.governor), !member.isSuspended else { continue }
      governors.append(
        Governor(member: member) { try Identity.open(key(of: id), passphrase: passphrase) })
    }
    guard !governors.isEmpty else {
      throw Failure.refused("no member with a key in \(keys.path) is a governor")
    }
    return governors
  }
}

/// Proposes changes of a chain's registry, votes on them and waits until they are in force.
struct JointDecision {
  /// How long a decision that was made may take to be in force, and proven: an idle chain's next
  /// blocks come with its heartbeat.
  private static let patience = Duration.seconds(120)
  private static let pause = Duration.milliseconds(100)
  /// Most proposals of one name that may be over before a new one is found no name.
  private static let namesMax = 64

  let ledger: RemoteLedger
  /// Told each step.
  let say: (String) -> Void

  /// A name for a proposal: that of one that can still be voted on or waits to be in force, with
  /// it; else one that was never used.
  func find(_ name: String) async throws -> (id: String, proposal: WireProposal?) {
    for number in 1...Self.namesMax {
      let id = number == 1 ? name : "\(name)-\(number)"
      let (proposal, answer) = try await ledger.proposal(id)
      guard let proposal else { return (id, nil) }
      let isOpen = proposal.status == .open && answer.header.timeMs < proposal.deadlineMs
      if isOpen || proposal.status == .approved { return (id, proposal) }
    }
    throw Failure.refused(
      "\(Self.namesMax) proposals \(name) came to nothing: use 'yilian governance propose'")
  }

  func propose(
    _ id: String, _ changes: [WireChange], reason: String, hours: UInt64, by governors: [Governor]
  ) async throws {
    guard let governor = governors.first else { return }
    var call = WirePropose()
    call.proposal = id
    call.changes = changes
    call.reason = reason
    call.deadlineMs = nowMs() + hours * 3_600_000
    let receipt = try await submit(
      ledger.prepareDecision("propose", call), by: governor.identity(), on: ledger)
    say("\(governor.member.id) proposed \(id) at height \(receipt.height), proven")
  }

  /// Votes for each organisation that has not voted, until the proposal is decided.
  /// - Returns: How it stands then.
  @discardableResult
  func vote(_ id: String, by governors: [Governor]) async throws -> ProposalView {
    var (proposal, view) = try await ledger.readProposal(id)
    for governor in governors where proposal.status == .open {
      let hasVoted = proposal.ballots.contains {
        $0.organisation == governor.member.organisation
      }
      guard !hasVoted else { continue }
      var call = WireCastVote()
      call.proposal = id
      call.changes = proposal.changes
      call.approve = true
      call.opinion = "in favour"
      let receipt = try await submit(
        ledger.prepareDecision("vote", call), by: governor.identity(), on: ledger)
      say(
        "\(governor.member.id) voted yes on \(id) for \(governor.member.organisation) "
          + "at height \(receipt.height), proven")
      (proposal, view) = try await ledger.readProposal(id)
    }
    return view
  }

  /// Returns when a decision that was made is proven to be in force.
  func awaitEffect(_ id: String) async throws {
    let end = ContinuousClock.now + Self.patience
    while ContinuousClock.now < end {
      let (proposal, view) = try await ledger.readProposal(id)
      switch proposal.status {
      case .applied:
        return say("\(id) is in force, proven at height \(view.provenHeight)")
      case .approved:
        try await Task.sleep(for: Self.pause)
      case .impossible:
        throw Failure.refused("\(id) had become impossible: \(view.obstacle ?? "")")
      default:
        throw Failure.refused(
          "\(id) is \(view.status): \(view.approving) of \(view.active) organisations are in "
            + "favour, \(view.needed) needed")
      }
    }
    throw Failure.unreachable(
      "\(id) is approved and not in force yet: see 'yilian governance show \(id)'")
  }

  /// Returns when no decision waits: changes may follow from those that do.
  func awaitOthers() async throws {
    let end = ContinuousClock.now + Self.patience
    while ContinuousClock.now < end {
      guard try await !ledger.pendingDecisions().decisions.isEmpty else { return }
      try await Task.sleep(for: Self.pause)
    }
    throw Failure.unreachable("decisions wait for the next epoch: see 'yilian governance pending'")
  }
}

// One change, by whoever has a vote here.
extension JointDecision {
  /// Proposes the change unless somebody did, votes for it, and waits for it if that decides.
  /// - Parameters:
  ///   - name: What the proposal is called, unless one of that name is over.
  ///   - agrees: Whether somebody else's proposal changes what this caller wants changed.
  ///   - show: Shows the change that is voted for, before it is.
  func settle(
    _ name: String, _ change: WireChange, reason: String, hours: UInt64, by governors: [Governor],
    agrees: (WireChange) async throws -> Bool, show: (WireChange) -> Void
  ) async throws -> DecisionView {
    let (id, proposal) = try await find(name)
    if let proposal {
      guard proposal.changes.count == 1, try await agrees(proposal.changes[0]) else {
        throw Failure.refused(
          "proposal \(id) is open and says something else: look at it with 'yilian governance "
            + "show \(id)', and vote there")
      }
      show(proposal.changes[0])
    } else {
      show(change)
      try await propose(id, [change], reason: reason, hours: hours, by: governors)
    }
    let view = try await vote(id, by: governors)
    if view.status == "approved" || view.status == "applied" {
      try await awaitEffect(id)
      return DecisionView(view, isInForce: true, notVoted: [])
    }
    let notVoted = try await ledger.roster().active.filter { organisation in
      !view.ballots.contains { $0.organisation == organisation }
    }
    return DecisionView(view, isInForce: false, notVoted: notVoted)
  }
}

/// What became of a decision, and who is still to vote.
struct DecisionView: Encodable {
  var proposal: String
  var inForce: Bool
  var status: String
  var approving: Int
  var needed: Int
  var active: Int
  /// Organisations that have not voted; empty once it is decided.
  var notVoted: [String]

  init(_ view: ProposalView, isInForce: Bool, notVoted: [String]) {
    proposal = view.id
    inForce = isInForce
    status = isInForce ? "applied" : view.status
    approving = view.approving
    needed = view.needed
    active = view.active
    self.notVoted = notVoted
  }

  /// In one sentence; `nil` if nothing is missing.
  var missing: String? {
    guard !inForce else { return nil }
    let count = "\(approving) of \(active) organisations are in favour, \(needed) needed"
    guard status == "open" else { return "\(proposal) is \(status): \(count)" }
    return "not decided: \(count); \(notVoted.joined(separator: ", ")) have not voted. "
      + "Each does with this command as its own governor, or with 'yilian governance vote "
      + "\(proposal) yes'"
  }
}
