import BuiltinContracts
import Cryptography
import Execution
import LedgerModel
import Testing
import Wire

/// What members may do once a joint decision is in force.
struct DecisionTests {
  private let suspendPatient = WireChange(.suspendMember("patient"))

  @Test("The vote of an organisation that was suspended since does not count, nor is it needed")
  func suspendedVoter() throws {
    var chain = try TestChain()
    try chain.givenProposal("p", suspendPatient)
    for name in ["people", "fund", "employer"] {
      try chain.given("g-\(name)", chain.vote("p", [suspendPatient]))
    }
    try chain.givenDecision("s", WireChange(.suspendOrganisation("people")))
    try chain.endEpoch()

    // Of four, three are needed: fund and employer are two.
    try chain.given("g-hospital-1", chain.vote("p", [suspendPatient]))

    #expect(try chain.proposal("p").status == .approved)
    #expect(try chain.proposal("p").ballots.count == 4)
  }

  @Test("Only the signing key is replaced: the sealing key and the index key stay")
  func oneKey() throws {
    var chain = try TestChain()
    let old = try #require(try chain.registered("fund"))
    let change = WireChange(.replaceMemberKeys(try chain.newKeys("fund", signing: 51)))
    try chain.givenDecision("p", change)
    try chain.endEpoch()
    let new = try #require(try chain.registered("fund"))
    #expect(new.signingKey != old.signingKey)
    #expect(new.sealingKey == old.sealingKey)
  }

  @Test("Transactions of an epoch's last block are still under its rules")
  func lastBlock() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.givenDecision("p", suspendPatient)

    let last = try chain.endEpoch([chain.transaction("patient", [chain.print("1")])])
    let next = try chain.submit("patient", chain.print("1"))

    #expect(last.transactions.flatMap(\.receipts).map(\.isDone) == [true])
    #expect(last.records.map(\.kind).prefix(2) == [1, 2], "the receipt is before the epoch's start")
    #expect(next.map(\.refused?.code) == ["registry.member_suspended"])
    #expect(next.map(\.refused?.value) == ["patient"])
  }

  @Test("Members of a suspended organisation do not act until it is reinstated")
  func organisation() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.givenDecision("p", WireChange(.suspendOrganisation("people")))
    try chain.endEpoch()
    let suspended = try chain.submit("patient", chain.print("1"))
    try chain.givenDecision("q", WireChange(.reinstateOrganisation("people")))
    try chain.endEpoch()
    let reinstated = try chain.submit("patient", chain.print("1"))

    #expect(suspended.map(\.refused?.code) == ["registry.organisation_suspended"])
    #expect(suspended.map(\.refused?.field) == ["organisation"])
    #expect(suspended.map(\.refused?.value) == ["people"])
    #expect(reinstated.map(\.isDone) == [true])
    #expect(
      try chain.operations(Registry.organisation("people"))
        == ["genesis", "suspendOrganisation", "reinstateOrganisation"])
  }

  @Test("A new organisation's new member acts and votes from the next epoch on")
  func newcomers() throws {
    var chain = try TestChain()
    let member = try chain.newMember("insurer", of: "new", key: 61) {
      $0.roles = [Governance.governor]
    }
    try chain.givenDecision("p", .organisation("new"), WireChange(.addMember(member)))
    chain.hold(try chain.key(61), for: "insurer")
    let before = try chain.submit("insurer", chain.propose("q", [suspendPatient]))
    try chain.endEpoch()
    let after = try chain.submit("insurer", chain.propose("q", [suspendPatient]))

    #expect(before.map(\.refused?.code) == ["registry.unknown_member"])
    #expect(after.map(\.isDone) == [true])
    #expect(try chain.registry().roster.active.last == "new")
  }

  @Test("A restricted method needs the role, or the organisation, until the restriction is lifted")
  func permission() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.givenDecision("p", .permission("invoice", "post", organisations: ["employer"]))
    #expect(try chain.submit("fund", chain.post("1", 1)).map(\.isDone) == [true])
    try chain.endEpoch()
    let outside = try chain.submit("fund", chain.post("1", 1, id: "V2"))
    let inside = try chain.submit("employer", chain.post("1", 1, id: "V2"))
    try chain.givenDecision("q", .permission("invoice", "post", roles: ["auditor"]))
    try chain.endEpoch()
    let withoutRole = try chain.submit("employer", chain.post("1", 1, id: "V3"))
    try chain.givenDecision("r", .permission("invoice", "post"))
    try chain.endEpoch()
    let lifted = try chain.submit("fund", chain.post("1", 1, id: "V3"))

    #expect(outside.map(\.refused?.code) == ["contract.restricted"])
    #expect(outside.map(\.refused?.value) == ["fund"])
    #expect(inside.map(\.isDone) == [true])
    #expect(withoutRole.map(\.refused?.code) == ["contract.restricted"])
    #expect(withoutRole.map(\.refused?.value) == ["employer needs auditor"])
    #expect(lifted.map(\.isDone) == [true])
  }

  @Test("A role beyond the contract's own minimum is needed as well, not instead")
  func permissionAdds() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.givenDecision("p", .permission("invoice", "post", organisations: ["people"]))
    try chain.endEpoch()

    let receipts = try chain.submit("patient", chain.post("1", 1))

    #expect(receipts.map(\.refused?.code) == ["contract.not_permitted"])
  }

  @Test("Settings, roles and what a member may do hold from the next epoch on")
  func settings() throws {
    var chain = try TestChain()
    try chain.givenDecision(
      "p", .settings { $0.heartbeatMs = 2_000 }, .roles("patient", InvoiceContract.issuer))
    #expect(try chain.executor.settings(chain.state) == .standard)
    try chain.endEpoch()
    #expect(try chain.executor.settings(chain.state).heartbeatMs == 2_000)
    #expect(try chain.executor.roster(chain.state).active == TestChain.organisations)
    #expect(try chain.registered("patient")?.roles == [InvoiceContract.issuer])
  }
}
