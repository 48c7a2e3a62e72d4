import BuiltinContracts
import ContractEngine
import Cryptography
import Execution
import LedgerModel
import Testing
import Wire

/// What joint decisions change, and when: nothing within an epoch, all at its end.
struct EpochTests {
  private let suspendPatient = WireChange(.suspendMember("patient"))

  @Test("A decision waits: until its epoch ends it changes nothing but its own assets")
  func waits() throws {
    var chain = try TestChain()
    let before = try chain.registered("patient")

    try chain.givenDecision("p", suspendPatient)

    #expect(try chain.registered("patient") == before)
    #expect(try chain.pending() == ["p"])
    #expect(try chain.proposal("p").status == .approved)
    #expect(try chain.proposal("p").decidedHeight == chain.height)
    try chain.given("hospital", chain.blue("1"))
    #expect(try chain.submit("patient", chain.print("1")).map(\.isDone) == [true])
  }

  @Test("The end of an epoch applies the decision, and the trails tell which proposal caused it")
  func applied() throws {
    var chain = try TestChain()
    try chain.givenDecision("p", suspendPatient)

    let result = try chain.endEpoch()

    #expect(try chain.registered("patient")?.isSuspended == true)
    #expect(try chain.pending() == [])
    #expect(try chain.proposal("p").status == .applied)
    #expect(try chain.registry().epoch == 1)
    #expect(result.transactions.isEmpty)
    let event = try #require(try chain.trail(Member.asset("patient")).last)
    #expect(event.operation == "suspendMember")
    #expect(event.actor == "governance")
    #expect(event.transactionID == .zero)
    let details = try WireAppliedChange(strict: event.details, limit: 1_000)
    #expect(details.proposal == "p")
    #expect(details.change == suspendPatient)
    #expect(try chain.operations(Governance.proposal("p")).last == "apply")
    #expect(try chain.operations(Governance.pending) == ["decide", "startEpoch"])
    #expect(try chain.operations(Registry.validators) == ["genesis", "startEpoch"])
  }

  @Test("Opinions stay in the proposal's trail, with who gave them")
  func opinions() throws {
    var chain = try TestChain()
    try chain.given("g-fund", chain.propose("p", [suspendPatient], reason: "he left"))
    try chain.given(
      "g-people", chain.vote("p", [suspendPatient], approve: false, opinion: "he is still here"))
    try chain.given("g-fund", chain.withdraw("p", reason: "he came back"))

    let trail = try chain.trail(Governance.proposal("p"))

    #expect(trail.map(\.operation) == ["propose", "vote", "withdraw"])
    #expect(trail.map(\.actor) == ["g-fund", "g-people", "g-fund"])
    #expect(try WirePropose(strict: trail[0].details, limit: 1_000).reason == "he left")
    #expect(try WireCastVote(strict: trail[1].details, limit: 1_000).opinion == "he is still here")
    #expect(try WireWithdraw(strict: trail[2].details, limit: 1_000).reason == "he came back")
  }

  @Test("Two thirds are not enough, more are; who cannot reach them any more is rejected at once")
  func threshold() throws {
    var chain = try TestChain()
    // Six organisations: four of them are two thirds.
    try chain.givenDecision("six", .organisation("sixth"))
    try chain.endEpoch()
    try chain.givenProposal("p", suspendPatient)
    for name in TestChain.organisations.prefix(4) {
      try chain.given("g-\(name)", chain.vote("p", [suspendPatient]))
    }
    #expect(try chain.proposal("p").status == .open)
    try chain.given("g-people", chain.vote("p", [suspendPatient]))
    #expect(try chain.proposal("p").status == .approved)

    try chain.givenProposal("q", .organisation("seventh"))
    try chain.given("g-people", chain.vote("q", [.organisation("seventh")], approve: false))
    #expect(try chain.proposal("q").status == .open)
    try chain.given("g-fund", chain.vote("q", [.organisation("seventh")], approve: false))
    #expect(try chain.proposal("q").status == .rejected)
  }

  @Test("Three epochs: a validator is added, one removed, one gets a new key")
  func validators() throws {
    var chain = try TestChain()
    let changes = [
      WireChange(.addValidator(try chain.validator("v5", key: 41))),
      WireChange(.removeValidator("v1")),
      WireChange(.replaceValidatorKey(try chain.validator("v3", key: 42))),
    ]
    let expected = [
      ["v1", "v2", "v3", "v4", "v5"], ["v2", "v3", "v4", "v5"], ["v2", "v3", "v4", "v5"],
    ]
    for (number, (change, names)) in zip(changes, expected).enumerated() {
      try chain.givenDecision("p\(number)", change)
      let planned = try #require(
        try chain.executor.plannedValidators(epoch: UInt64(number), state: chain.state))
      let next = try #require(try chain.endEpoch().nextEpoch)
      let epoch = UInt64(number + 1)
      #expect(next.validators.map(\.name) == names)
      #expect(next.hash(epoch: epoch, suite: chain.suite)
        == planned.hash(epoch: epoch, suite: chain.suite))
      #expect(try chain.validatorNames == names)
      #expect(try chain.registry().epoch == epoch)
      #expect(try chain.executor.plannedValidators(epoch: epoch, state: chain.state) == nil)
    }
    let third = try chain.registry().validators.validators[1]
    #expect(third.publicKey.encoded == (try chain.key(42).publicKey.encoded))
  }

  @Test("However many validators may change, those who stay are a quorum of the next epoch")
  func steps() throws {
    for count in 4...Committee.countMax {
      let faulty = try #require(Committee(count: count)).maxFaulty
      for added in 0...faulty {
        for removed in 0...(faulty - added) {
          let rekeyed = faulty - added - removed
          guard let next = Committee(count: count + added - removed) else { continue }
          #expect(count - removed - rekeyed >= next.quorum, "\(count): +\(added) -\(removed)")
        }
      }
    }
  }

  @Test("A vote for more changes than a proposal can have looks none of the others up")
  func manyChanges() throws {
    let chain = try TestChain()
    let changes = (0..<2_000).map { WireChange(.suspendMember("m\($0)")) }
    for request in [chain.propose("p", changes), chain.vote("p", changes)] {
      let call = request.call(chain.suite)
      let method = try #require(GovernanceContract.contract.method(call.method))
      #expect(try method.prepare(call.arguments).touches.count <= 6 + 16)
    }
  }

  @Test("A member's keys are the old ones up to its epoch's last block, and the new ones after it")
  func keyRotation() throws {
    var chain = try TestChain()
    let old = try #require(try chain.registered("fund"))
    let change = WireChange(
      .replaceMemberKeys(try chain.newKeys("fund", signing: 51, sealing: 52)))
    try chain.givenDecision("p", change)
    for _ in 0..<3 {
      _ = try chain.commit([])
      #expect(try chain.registered("fund") == old)
    }

    try chain.endEpoch()

    let new = try #require(try chain.registered("fund"))
    #expect(new.signingKey == (try chain.key(51).publicKey.encoded))
    #expect(new.sealingKey == (try chain.key(52, .sealing).publicKey.encoded))
    #expect(new.roles == old.roles)
    let last = chain.height
    for (height, state) in chain.past.enumerated() {
      let value = try #require(state.assets[Member.asset("fund").indexKey(chain.suite)]).value
      #expect(try Member(decoding: value) == (height < last ? old : new), "height \(height)")
    }
  }

  @Test("What is decided after the state that the last header names waits for one epoch more")
  func late() throws {
    var chain = try TestChain()
    try chain.givenDecision("early", suspendPatient)
    let executed = chain.height
    try chain.givenDecision("late", WireChange(.suspendMember("relative")))

    _ = try chain.commit([], endingEpoch: EpochEnd(epoch: 0, executedHeight: executed))

    #expect(try chain.pending() == ["late"])
    #expect(try chain.registered("relative")?.isSuspended == false)
    #expect(try chain.proposal("late").status == .approved)
    let suite = chain.suite
    // The states before the epoch's first block still show both as waiting.
    #expect(try chain.executor.plannedValidators(epoch: 1, state: chain.past[Int(executed)]) == nil)
    let planned = try chain.executor.plannedValidators(epoch: 1, state: chain.state)
    let next = try chain.endEpoch().nextEpoch
    #expect(planned?.hash(epoch: 2, suite: suite) == next?.hash(epoch: 2, suite: suite))
    #expect(planned != nil)
    #expect(try chain.registered("relative")?.isSuspended == true)
  }

  @Test("Of two decisions that exclude each other the later has no effect at all, and says why")
  func impossible() throws {
    var chain = try TestChain()
    try chain.givenDecision("p", suspendPatient)
    let added = WireChange(.addValidator(try chain.validator("v5", key: 41)))
    try chain.givenDecision("q", .organisation("new"), added, suspendPatient)

    let result = try chain.endEpoch()

    #expect(try chain.proposal("p").status == .applied)
    let second = try chain.proposal("q")
    #expect(second.status == .impossible)
    #expect(second.obstacle.code == "governance.no_change")
    #expect(second.obstacle.field == "changes[2].suspend_member")
    #expect(second.obstacle.value == "patient")
    #expect(chain.asset(Registry.organisation("new")) == nil)
    #expect(try chain.registry().roster.contains("new") == false)
    #expect(result.nextEpoch?.validators.map(\.name) == ["v1", "v2", "v3", "v4"])
    #expect(try chain.operations(Governance.proposal("q")).last == "obstruct")
    #expect(try chain.pending() == [])
  }

  @Test("The end of another epoch than the state's stops the block")
  func otherEpoch() throws {
    let chain = try TestChain()
    #expect(throws: StateFault.self) {
      try chain.execute([], endingEpoch: EpochEnd(epoch: 1, executedHeight: 0))
    }
  }

  @Test("An epoch that ends with nothing decided goes on with the same validators")
  func nothing() throws {
    var chain = try TestChain()
    let result = try chain.endEpoch()
    #expect(result.nextEpoch?.validators.map(\.name) == ["v1", "v2", "v3", "v4"])
    #expect(result.updates.map(\.asset) == [Registry.validators])
  }

  @Test("A block that ends no epoch has no next validators, whatever waits")
  func ordinary() throws {
    var chain = try TestChain()
    try chain.givenDecision("p", suspendPatient)
    #expect(try chain.commit([]).nextEpoch == nil)
    #expect(try chain.pending() == ["p"])
  }

  @Test("Two nodes that end the same epoch get the same bytes")
  func deterministic() throws {
    var chain = try TestChain()
    try chain.givenDecision("p", suspendPatient, .organisation("new"))
    try chain.givenDecision("q", .settings { $0.blockCalls = 10_000 })
    let end = EpochEnd(epoch: 0, executedHeight: chain.height)
    let first = try chain.execute([], endingEpoch: end)
    chain.state = chain.state.reordered()
    let second = try chain.execute([], endingEpoch: end)
    #expect(first.records == second.records)
    #expect(first.updates.map(\.indexKey) == second.updates.map(\.indexKey))
    #expect(first.updates.map(\.after) == second.updates.map(\.after))
    #expect(first.updates.count == 8)
  }
}
