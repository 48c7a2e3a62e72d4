import BuiltinContracts
import ContractEngine
import Cryptography
import LedgerModel
import LedgerStore
import Testing
import Wire

/// How many checks of signatures the calls of a block may cost.
struct SignatureCheckTests {
  private static let report = RelayChain.Request(
    contract: GovernanceContract.name, method: Governance.reportEquivocation, arguments: [])

  @Test("A block checks so many signatures, whatever becomes of the calls, and the next as many")
  func bound() throws {
    let chain = try RelayChain("finance", .intl, number: 1, validators: 1)
    let most = Limits.signatureChecksPerBlock / 2

    let receipts = try chain.run([
      // Who may not call uses nothing up.
      chain.transaction("clerk", [Self.report]),
      chain.transaction("governor", [Self.report], allOrNothing: true),
      chain.transaction("governor", [RelayChain.Request](repeating: Self.report, count: most)),
    ])

    let codes = receipts.map { Expected($0)?.code }
    #expect(codes.count == most + 2)
    #expect(codes.first == "contract.not_permitted")
    let last = try #require(receipts.last)
    #expect(
      Expected(last)
        == Expected(
          .signatureChecksUsed, "method",
          "\(GovernanceContract.name).\(Governance.reportEquivocation) needs 2"))
    #expect(codes.count { $0 == "contract.signature_checks_used" } == 1)
    let next = try chain.submit("governor", Self.report)
    #expect(Expected(next)?.code == "governance.malformed")
  }

  @Test("Members without a role use up their own part, and none of what routers need")
  func anyone() throws {
    let chain = try RelayChain("finance", .intl, number: 1, validators: 1)
    let recognise = RelayChain.Request(method: "recognise", arguments: [])
    let most = Limits.signatureChecksByAnyone / 4

    let receipts = try chain.run([
      chain.transaction("clerk", [RelayChain.Request](repeating: recognise, count: most + 1)),
      chain.transaction("sender", [recognise]),
      chain.transaction("governor", [Self.report]),
    ])

    let used = receipts.map { Expected($0)?.code == "contract.signature_checks_used" }
    #expect(
      used == [Bool](repeating: false, count: most) + [true, true, false])
  }

  @Test("A call that is refused for it leaves what is left to cheaper ones")
  func cheaper() throws {
    let story = try Crossing()
    let evidence = try Crossing.sync(story.here, to: story.there)
    try story.here.run()
    let update = try Crossing.update(try #require(try story.here.ledger.anchor()).proven)
    // Two checks are left; an update under three signatures needs six.
    let reports = Limits.signatureChecksPerBlock / 2 - 1

    let receipts = try story.there.run([
      story.there.transaction(
        "governor", [RelayChain.Request](repeating: Self.report, count: reports)),
      story.there.transaction("router", [update]),
      story.there.transaction("governor", [Self.report]),
    ])

    #expect(
      receipts.suffix(2).map { Expected($0)?.code }
        == ["contract.signature_checks_used", "governance.malformed"])
    try story.there.given("router", update)
    #expect(
      try story.there.ledger.asset(
        RelayContract.header(story.here.id, revision: 1, height: evidence.name.height + 1)) != nil)
  }

  @Test("A header costs twice its signatures, and the next epoch's validators if it ends its own")
  func update() throws {
    let story = try Crossing()
    let method = try #require(RelayContract.contract.method("update"))
    try story.here.run()
    let header = try Crossing.update(try #require(try story.here.ledger.anchor()).proven)
    let link = try Crossing.update(story.here.ledger.epochLinks(from: 0, limit: 1)[0])

    #expect(try method.prepare(header.arguments).signatureChecks == 2 * 3)
    #expect(try method.prepare(link.arguments).signatureChecks == 2 * 3 + 4)
  }
}
