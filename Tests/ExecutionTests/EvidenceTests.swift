import BuiltinContracts
import ContractEngine
import Cryptography
import Execution
import LedgerModel
import Testing
import Wire

/// Lies of validators on the ledger, and what a validator may sign by itself.
struct EvidenceTests {
  @Test("A report keeps both votes, the key that signed them, and who told")
  func kept() throws {
    var chain = try TestChain()
    let second = try chain.vote(TestChain.block(2))

    let receipts = try chain.submit(
      "validator v4", chain.report(chain.vote(TestChain.block(1)), second))

    #expect(receipts.map(\.isDone) == [true])
    #expect(receipts.map(\.member) == ["validator v4"])
    let event = try #require(try chain.trail(Governance.evidence).last)
    #expect(event.actor == "validator v4")
    #expect(event.operation == "reportEquivocation")
    let lie = try WireEquivocation(strict: event.details, limit: Limits.valueBytes)
    #expect(try chain.evidence() == [lie])
    #expect(lie.validator == "v2")
    let key = try chain.suite.publicKey(lie.signingKey.octets, use: .signing)
    let votes = try [Vote(lie.first), Vote(lie.second)]
    #expect(votes.map(\.subject.block) != [votes[1].subject.block, votes[0].subject.block])
    #expect(votes[0].subject.excludes(votes[1].subject))
    for vote in votes {
      #expect(vote.isValid(under: key, chainID: chain.genesis.chainID, suite: chain.suite))
    }
  }

  @Test("A governor reports as well; nullify beside finalize is a lie, in either order")
  func governor() throws {
    for isSwapped in [false, true] {
      var chain = try TestChain()
      let votes = try [chain.vote(.nullify), chain.vote(TestChain.final(1))]
      let receipts = try chain.submit(
        "g-fund", chain.report(votes[isSwapped ? 1 : 0], votes[isSwapped ? 0 : 1]))
      #expect(receipts.map(\.isDone) == [true])
    }
  }

  @Test("Each epoch has its own lies, and the trail has them all")
  func epochs() throws {
    var chain = try TestChain()
    try chain.given("validator v1", chain.twoBlocks(by: 1))
    try chain.given("validator v1", chain.twoBlocks(by: 2))
    #expect(try chain.evidence().map(\.validator) == ["v2", "v3"])
    try chain.givenDecision("p", .settings { $0.heartbeatMs = 5_000 })
    try chain.endEpoch()

    try chain.given("validator v1", chain.twoBlocks(epoch: 1, by: 1))

    #expect(try chain.evidence().map(\.validator) == ["v2"])
    #expect(try chain.evidence().map(\.first.epoch) == [1])
    let told = try chain.trail(Governance.evidence).map {
      try WireEquivocation(strict: $0.details, limit: Limits.valueBytes)
    }
    #expect(told.map(\.validator) == ["v2", "v3", "v2"])
    #expect(told.map(\.first.epoch) == [0, 0, 1])
  }

  @Test("All validators may have lied")
  func everybody() throws {
    var chain = try TestChain()
    for signer in 0..<4 { try chain.given("validator v1", chain.twoBlocks(by: signer)) }
    #expect(try chain.evidence().map(\.validator) == ["v1", "v2", "v3", "v4"])
  }

  @Test("A validator that was removed signs nothing any more, nor does one that never was")
  func outOfOffice() throws {
    var chain = try TestChain()
    try chain.givenDecision("p", WireChange(.removeValidator("v4")))
    try chain.endEpoch()
    chain.hold(try chain.key(9), for: "validator v9")
    for name in ["validator v4", "validator v9"] {
      let receipts = try chain.submit(name, chain.twoBlocks(epoch: 1))
      #expect(receipts.map(\.refused?.code) == ["registry.unknown_member"])
    }
    #expect(try chain.evidence() == [])
  }

  @Test("No decision and no genesis document names a member like a validator")
  func reservedID() throws {
    let chain = try TestChain()
    let change = WireChange(.addMember(try chain.newMember("validator v1")))
    let result = try chain.execute([chain.transaction("g-fund", [chain.propose("p", [change])])])
    let refused = result.transactions.flatMap(\.receipts).map(\.refused)
    #expect(refused.map(\.?.code) == ["governance.malformed"])
    var document = String(decoding: chain.genesis.document, as: UTF8.self)
    document.replace("\"patient\"", with: "\"validator v1\"")
    #expect(throws: ModelFault.self) { try Genesis(document: Array(document.utf8)) }
  }

  // MARK: What a validator may sign

  @Test("A validator's transaction calls no other method of any contract")
  func otherMethods() throws {
    let chain = try TestChain()
    let others = BuiltinContracts.all.flatMap { contract in
      contract.methods.map { (contract.name, $0.name) }
    }.filter { $0.1 != Governance.reportEquivocation }
    #expect(others.count > 10)
    for (contract, method) in others {
      let call = Request(contract: contract, method: method, arguments: [])
      expectRefusal(of: try chain.transaction("validator v1", [call]), field: "calls", chain)
    }
  }

  @Test("A validator's transaction is one report, without attachments and short")
  func oneReport() throws {
    let chain = try TestChain()
    let report = try chain.twoBlocks()
    let bytes = try chain.transaction("validator v1", [report]).encoded()
    #expect(throws: Never.self) { try Transaction(decoding: bytes, suite: chain.suite) }

    expectRefusal(
      of: try chain.transaction("validator v1", [report, report]), field: "calls", chain)
    var attached = report
    attached.contents = [[1]]
    expectRefusal(of: try chain.transaction("validator v1", [attached]), field: "calls", chain)
    var long = report
    long.arguments += [UInt8](repeating: 0, count: Limits.reportBytes)
    expectRefusal(of: try chain.transaction("validator v1", [long]), field: "body", chain)
    // A member is not bound by this.
    let member = try chain.transaction("g-fund", [report, report, attached, long]).encoded()
    #expect(throws: Never.self) { try Transaction(decoding: member, suite: chain.suite) }
  }

  @Test(
    "After the prefix comes a name",
    arguments: [
      "validator ", "validator v 1", "validator \u{301}v1", "validatör v1",
      "validator " + String(repeating: "v", count: 65),
    ])
  func names(id: String) throws {
    var chain = try TestChain()
    chain.hold(try chain.key(9), for: id)
    expectRefusal(of: try chain.transaction(id, [chain.twoBlocks()]), field: "member", chain)
  }

  private func expectRefusal(
    of transaction: Transaction, field: String, _ chain: TestChain,
    _ place: SourceLocation = #_sourceLocation
  ) {
    do {
      _ = try Transaction(decoding: transaction.encoded(), suite: chain.suite)
      Issue.record("it was accepted", sourceLocation: place)
    } catch {
      guard case .invalid(let found, _, _) = error else {
        Issue.record("\(error)", sourceLocation: place)
        return
      }
      #expect(found == field, sourceLocation: place)
    }
  }
}
