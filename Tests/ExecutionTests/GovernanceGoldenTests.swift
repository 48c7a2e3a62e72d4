import Cryptography
import Execution
import LedgerModel
import Testing
import Wire

/// Bytes of the registry's and governance's records, made with another encoder (protoc). A change
/// here is a change of format.
struct GovernanceGoldenTests {
  private static var roles: WireChange { .roles("fund-1", "reimburser", "governor") }

  @Test("Records of the registry have these bytes and are read back")
  func registry() throws {
    let roster = Roster(active: ["fund", "people"], suspended: ["clinic"])
    #expect(roster.wire.encoded.hex == "0a0466756e640a0670656f706c651206636c696e6963")
    #expect(try Roster(decoding: roster.wire.encoded) == roster)

    let settings = ChainSettings.standard
    #expect(settings.wire.encoded.hex == "08904e1080800118808080102080202880808020")
    #expect(try ChainSettings(decoding: settings.wire.encoded) == settings)

    var wire = WirePermissions()
    guard
      case .setPermission(let rule) = WireChange.permission(
        "invoice", "post", roles: ["auditor"], organisations: ["fund"]
      ).kind
    else { return }
    wire.restrictions = [rule]
    #expect(
      wire.encoded.hex == "0a1e0a07696e766f6963651204706f73741a0761756469746f72220466756e64")
    #expect(try Permissions(decoding: wire.encoded).restriction("invoice", "post") == rule)

    var organisation = WireOrganisationRecord()
    organisation.id = "fund"
    organisation.name = "医保中心"
    organisation.region = "460000"
    organisation.suspended = true
    #expect(
      organisation.encoded.hex
        == "0a0466756e64120ce58cbbe4bf9de4b8ade5bf831a063436303030302001")

    let member = Member(
      id: "fund-1", organisation: "fund", roles: [], region: try Region(code: "", field: "region"),
      signingKey: [], sealingKey: [], isSuspended: true)
    #expect(member.wire.encoded.hex == "0a0666756e642d31120466756e645001")
    #expect(try Member(decoding: member.wire.encoded) == member)
  }

  @Test("The validators of an epoch have these bytes and are read back")
  func validators() throws {
    var record = WireValidatorSetRecord()
    record.epoch = 3
    var validator = WireValidatorRecord()
    validator.name = "v1"
    validator.signingKey = [1, 2].data
    record.validators = [validator]
    #expect(record.encoded.hex == "080312080a02763112020102")
    validator.name = "o1"
    record.observers = [validator]
    #expect(record.encoded.hex == "080312080a027631120201021a080a026f3112020102")
    let suite = SuiteID.intl.suite
    #expect(throws: ModelFault.self, "a key of two bytes") {
      try ValidatorSetRecord(decoding: record.encoded, suite: suite)
    }
    let genesis = try Genesis(document: Samples.genesis(.intl))
    let whole = ValidatorSetRecord(epoch: 7, validators: genesis.validators).wire.encoded
    let read = try ValidatorSetRecord(decoding: whole, suite: suite)
    #expect(read.epoch == 7)
    #expect(
      read.validators.hash(epoch: 7, suite: suite)
        == genesis.validators.hash(epoch: 7, suite: suite))
  }

  @Test("Arguments of governance have these bytes")
  func arguments() {
    var propose = WirePropose()
    propose.proposal = "p1"
    propose.changes = [Self.roles]
    propose.reason = "why"
    propose.deadlineMs = 1_767_225_600_000
    #expect(
      propose.encoded.hex
        == "0a02703112205a1e0a0666756e642d31120a7265696d6275727365721208676f7665726e6f72"
        + "1a037768792080d0eab6b733")
    var vote = WireCastVote()
    vote.proposal = "p1"
    vote.changes = [Self.roles]
    vote.approve = true
    vote.opinion = "yes"
    #expect(
      vote.encoded.hex
        == "0a02703112205a1e0a0666756e642d31120a7265696d6275727365721208676f7665726e6f72"
        + "18012203796573")
    var withdraw = WireWithdraw()
    withdraw.proposal = "p1"
    withdraw.reason = "no"
    #expect(withdraw.encoded.hex == "0a02703112026e6f")
  }

  @Test("Reports of lies and what is kept of them have these bytes")
  func evidence() throws {
    var report = WireReportEquivocation()
    report.first.kind = 2
    report.first.view = 300
    report.first.signer = 1
    report.first.signature = [3].data
    report.second.kind = 3
    report.second.epoch = 1
    report.second.view = 300
    report.second.parentView = 299
    report.second.block = [4].data
    report.second.signer = 1
    report.second.signature = [5].data
    #expect(
      report.encoded.hex == "0a0a080218ac0230013a010312120803100118ac0220ab022a010430013a0105")
    var lie = WireEquivocation()
    lie.validator = "v2"
    lie.signingKey = [1, 2].data
    lie.first = report.first
    lie.second = report.second
    var evidence = WireEvidence()
    evidence.equivocations = [lie]
    #expect(
      evidence.encoded.hex
        == "0a280a027632120201021a0a080218ac0230013a010322120803100118ac0220ab022a010430013a0105")
    #expect(
      try WireEvidence(strict: evidence.encoded, limit: Limits.valueBytes).equivocations == [lie])
  }

  @Test("A proposal, what waits, and the details of an epoch's events have these bytes")
  func decisions() throws {
    var proposal = WireProposal()
    proposal.proposer = "fund-1"
    proposal.organisation = "fund"
    proposal.changes = [Self.roles]
    proposal.reason = "why"
    proposal.deadlineMs = 1_767_225_600_000
    var ballot = WireBallot()
    ballot.organisation = "fund"
    ballot.member = "fund-1"
    ballot.approve = true
    proposal.ballots = [ballot]
    proposal.status = .impossible
    proposal.decidedHeight = 300
    proposal.obstacle.code = "governance.unknown"
    proposal.obstacle.field = "changes[0]"
    proposal.obstacle.value = "fund-1"
    #expect(
      proposal.encoded.hex
        == "0a0666756e642d31120466756e641a205a1e0a0666756e642d31120a7265696d627572736572"
        + "1208676f7665726e6f7222037768792880d0eab6b73332100a0466756e64120666756e642d31"
        + "1801380540ac024a280a12676f7665726e616e63652e756e6b6e6f776e120a6368616e676573"
        + "5b305d1a0666756e642d31")

    var decision = WireDecision()
    decision.height = 300
    decision.proposal = "p1"
    decision.changes = [Self.roles]
    var pending = WirePendingChanges()
    pending.decisions = [decision]
    #expect(
      pending.encoded.hex
        == "0a2908ac02120270311a205a1e0a0666756e642d31120a7265696d6275727365721208676f76"
        + "65726e6f72")
    #expect(try Governance.decisions(decoding: pending.encoded) == [decision])

    var applied = WireAppliedChange()
    applied.proposal = "p1"
    applied.index = 1
    applied.change = WireChange(.removeValidator("v1"))
    #expect(applied.encoded.hex == "0a02703110011a0412027631")
    var start = WireEpochStart()
    start.epoch = 3
    start.proposals = ["p1", "p2"]
    #expect(start.encoded.hex == "08031202703112027032")
  }

  @Test("Each kind of change has its tag, and an operation of its own")
  func changes() {
    var validator = WireValidatorRecord()
    validator.name = "v"
    var organisation = WireOrganisationRecord()
    organisation.id = "o"
    var member = WireMemberRecord()
    member.id = "m"
    var keys = WireMemberKeys()
    keys.member = "m"
    var roles = WireMemberRoles()
    roles.member = "m"
    var settings = WireSettings()
    settings.heartbeatMs = 1
    var permission = WirePermission()
    permission.contract = "c"
    let kinds: [(WireChange.OneOf_Kind, String)] = [
      (.addValidator(validator), "0a030a0176"), (.removeValidator("v"), "120176"),
      (.replaceValidatorKey(validator), "1a030a0176"),
      (.addOrganisation(organisation), "22030a016f"), (.suspendOrganisation("o"), "2a016f"),
      (.reinstateOrganisation("o"), "32016f"), (.addMember(member), "3a030a016d"),
      (.suspendMember("m"), "42016d"), (.reinstateMember("m"), "4a016d"),
      (.replaceMemberKeys(keys), "52030a016d"), (.setMemberRoles(roles), "5a030a016d"),
      (.setSettings(settings), "62020801"), (.setPermission(permission), "6a030a0163"),
      (.addObserver(validator), "72030a0176"), (.removeObserver("v"), "7a0176"),
    ]
    for (kind, bytes) in kinds { #expect(WireChange(kind).encoded.hex == bytes) }
    #expect(Set(kinds.map { WireChange($0.0).operation }).count == kinds.count)
    #expect(kinds.filter { WireChange($0.0).isOfValidators }.map(\.1.count) == [10, 6, 10])
  }

  @Test("The genesis state has these assets, in the order of their index keys", arguments: [
    SuiteID.intl, .sm,
  ])
  func genesisState(id: SuiteID) throws {
    let genesis = try Genesis(document: Samples.genesis(id))
    let result = BlockExecutor.genesisState(genesis)
    let suite = genesis.suite
    #expect(result.updates.count == 5)
    let leaves = result.updates.flatMap { $0.indexKey.bytes + $0.after.leaf.digest(suite).bytes }
    #expect(suite.hash(leaves.span).hex == Self.genesisLeaves[id])
  }

  private static let genesisLeaves: [SuiteID: String] = [
    .intl: "16a3d2324ab8782ceccdaa39cc93453ecd1b66a4241dc94a7be842fc45144adc",
    .sm: "e91b4461d95c3b96d7cab2a72863553b7696322835ba73b3b0d8e8be4677767e",
  ]
}
