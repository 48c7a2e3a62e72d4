import Cryptography
import Execution
import LedgerModel
import Testing
import Wire

/// Governance against its naive model, with headers that lag behind execution as they may.
struct GovernanceTwinTests {
  private static let blocksPerSeed = 120

  @Test("Votes, decisions and epochs are the naive model's, and headers know the next validators")
  func twin() throws {
    var (epochs, accepted, refused) = (0, 0, 0)
    var statuses: [NaiveGovernance.Status: Int] = [:]
    for seed in 1...10 as ClosedRange<UInt64> {
      var run = try Run(seed: seed)
      for _ in 0..<Self.blocksPerSeed { try run.block() }
      #expect(run.epochs >= 3, "seed \(seed)")
      epochs += run.epochs
      accepted += run.accepted
      refused += run.refused
      for proposal in run.twin.proposals.values { statuses[proposal.status, default: 0] += 1 }
    }
    // Otherwise the comparison would not say much.
    #expect(epochs >= 60)
    #expect(accepted >= 1_000 && refused >= 300, "\(accepted), \(refused)")
    for status in NaiveGovernance.Status.allCases {
      // Few still wait when a run ends.
      let least = status == .approved ? 1 : 5
      #expect(statuses[status, default: 0] >= least, "\(status): \(statuses)")
    }
  }
}

/// A chain and its twin, block by block.
private struct Run {
  private let seed: UInt64
  private var random: SeededGenerator
  private var chain: TestChain
  private(set) var twin = NaiveGovernance()
  /// Height that the newest header named as executed.
  private var executed: UInt64 = 0
  private var proposed: [(id: String, changes: [NaiveGovernance.Change])] = []
  /// Proposals in the order in which they were decided.
  private var decided: [String] = []
  /// Height of the last block of the epoch before.
  private var lastEnd: UInt64 = 0
  private(set) var epochs = 0
  private(set) var accepted = 0
  private(set) var refused = 0

  init(seed: UInt64) throws {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    chain = try TestChain()
    for (index, validator) in chain.genesis.validators.validators.enumerated() {
      twin.world.validators.append(validator.name)
      twin.world.keys[validator.name] = -index
    }
    for id in TestChain.organisations { twin.world.suspended[id] = false }
    for member in chain.genesis.members {
      twin.world.members[member.id] = NaiveGovernance.Party(organisation: member.organisation)
    }
  }

  /// One block: a header first, which says whether its epoch ends, then some calls.
  mutating func block() throws {
    let height = chain.height + 1
    executed = max(executed, height - 1 - UInt64(random.number(0..<Int(min(5, height)))))
    let epoch = try chain.registry().epoch
    let planned = try chain.executor.plannedValidators(
      epoch: epoch, state: chain.past[Int(executed)])
    let isDue =
      executed >= lastEnd
      && twin.proposals.values.contains { $0.status == .approved && $0.decided <= executed }
    #expect((planned != nil) == isDue, "seed \(seed), height \(height)")

    var transactions: [Transaction] = []
    var expected: [Bool] = []
    for index in 0..<random.number(0..<4) {
      let (member, request, isAccepted) = try step(height)
      transactions.append(
        try chain.transaction(member, [request], key: "\(height) \(index)"))
      expected.append(isAccepted)
    }
    let end = planned.map { _ in EpochEnd(epoch: epoch, executedHeight: executed) }
    let result = try chain.commit(transactions, endingEpoch: end)
    if end != nil {
      epochs += 1
      lastEnd = height
      twin.endEpoch(upTo: executed, order: decided)
    }

    let place: Comment = "seed \(seed), height \(height)"
    #expect(result.transactions.flatMap(\.receipts).map(\.isDone) == expected, place)
    accepted += expected.count { $0 }
    refused += expected.count { !$0 }
    let suite = chain.suite
    #expect(
      result.nextEpoch?.hash(epoch: epoch + 1, suite: suite)
        == planned?.hash(epoch: epoch + 1, suite: suite), place)
    #expect(try chain.registry().epoch == epoch + (end == nil ? 0 : 1), place)
    try compare(place)
  }

  private func compare(_ place: Comment) throws {
    let registry = try chain.registry()
    #expect(registry.validators.validators.map(\.name) == twin.world.validators, place)
    for validator in registry.validators.validators {
      guard let number = twin.world.keys[validator.name] else { continue }
      let key =
        try number > 0
        ? chain.key(number).publicKey : chain.genesis.validators.validators[-number].publicKey
      #expect(validator.publicKey.encoded == key.encoded, place)
    }
    #expect(Set(registry.observers.nodes.map(\.name)) == Set(twin.world.observers.keys), place)
    for observer in registry.observers.nodes {
      guard let number = twin.world.observers[observer.name] else { continue }
      #expect(observer.publicKey.encoded == (try chain.key(number).publicKey.encoded), place)
    }
    #expect(Set(registry.roster.active) == twin.world.active, place)
    #expect(registry.roster.count == twin.world.suspended.count, place)
    for (id, party) in twin.world.members {
      let member = try #require(try chain.registered(id), place)
      #expect(member.isSuspended == party.isSuspended, place)
      #expect(member.organisation == party.organisation, place)
    }
    for (id, naive) in twin.proposals {
      let proposal = try chain.proposal(id)
      #expect("\(proposal.status)" == "\(naive.status)", place)
      #expect(proposal.ballots.count == naive.votes.count, place)
    }
    let waiting = twin.proposals.filter { $0.value.status == .approved }.keys
    #expect(try Set(chain.pending()) == Set(waiting), place)
  }

  /// A random call, already carried out by the twin; mostly one that makes sense.
  private mutating func step(_ height: UInt64) throws -> (String, Request, Bool) {
    var organisation = TestChain.organisations[random.number(0..<5)]
    let now = chain.timeMs
    let open = proposed.suffix(9).filter {
      guard let proposal = twin.proposals[$0.id] else { return false }
      return proposal.status == .open && now < proposal.deadline && proposal.votes.count < 5
    }
    guard !proposed.isEmpty, !random.chance(open.count < 3 ? 50 : 5) else {
      return try proposal("g-\(organisation)", height, now)
    }
    let candidates = open.isEmpty || random.chance(10) ? proposed.suffix(3) : open.suffix(3)
    let (id, changes) = candidates[candidates.startIndex + random.number(0..<candidates.count)]
    if random.chance(4) {
      let member = "g-\(organisation)"
      return (member, chain.withdraw(id), twin.withdraw(id, by: member, at: now))
    }
    let silent = TestChain.organisations.filter { twin.proposals[id]?.votes[$0] == nil }
    if !silent.isEmpty, random.chance(90) {
      organisation = silent[random.number(0..<silent.count)]
    }
    let member = "g-\(organisation)"
    let approve = random.chance(93)
    let isAccepted = twin.vote(
      id, changes, approve: approve, by: member, at: now, height: height)
    if isAccepted, twin.proposals[id]?.status == .approved { decided.append(id) }
    return (member, chain.vote(id, try changes.map(wire), approve: approve), isAccepted)
  }

  private mutating func proposal(
    _ member: String, _ height: UInt64, _ now: UInt64
  ) throws -> (String, Request, Bool) {
    let id = random.chance(95) ? "p\(height)-\(random.number(0..<999))" : proposed.last?.id ?? "p"
    var changes: [NaiveGovernance.Change] = []
    for _ in 0..<random.number(1..<3) {
      var next = change()
      for _ in 0..<9 where twin.world.with(changes + [next]) == nil { next = change() }
      changes.append(next)
    }
    // The same again, so that one makes the other impossible.
    if let last = proposed.last, random.chance(30) { changes = last.changes }
    let deadline = now + UInt64(random.number(0..<60))
    let isAccepted = twin.propose(id, changes, deadline: deadline, by: member, at: now)
    if isAccepted { proposed.append((id, changes)) }
    return (member, chain.propose(id, try changes.map(wire), deadlineMs: deadline), isAccepted)
  }

  private mutating func change() -> NaiveGovernance.Change {
    let validator = "v\(random.number(1..<9))"
    let organisation = random.chance(80) ? "new-\(random.number(0..<3))" : "people"
    let member = ["patient", "relative", "m1", "m2"][random.number(0..<4)]
    let key = random.number(1..<30)
    return switch random.number(0..<14) {
    case 0...1: .addValidator(validator, key: key)
    case 2: .removeValidator(validator)
    case 3: .newKey(validator, key: key)
    // New organisations have no governor here: too many of them, and nothing could be decided.
    case 4: .addOrganisation("new-0")
    case 5...6: .suspendOrganisation(organisation)
    case 7: .reinstateOrganisation("people")
    case 8: .addMember(member, of: organisation)
    case 9...10: .suspendMember(member)
    case 11: .addObserver(validator, key: key)
    case 12: .removeObserver(validator)
    default: .reinstateMember(member)
    }
  }

  private func wire(_ change: NaiveGovernance.Change) throws -> WireChange {
    switch change {
    case .addValidator(let name, let key):
      WireChange(.addValidator(try chain.validator(name, key: key)))
    case .removeValidator(let name): WireChange(.removeValidator(name))
    case .newKey(let name, let key):
      WireChange(.replaceValidatorKey(try chain.validator(name, key: key)))
    case .addObserver(let name, let key):
      WireChange(.addObserver(try chain.validator(name, key: key)))
    case .removeObserver(let name): WireChange(.removeObserver(name))
    case .addOrganisation(let id): .organisation(id)
    case .suspendOrganisation(let id): WireChange(.suspendOrganisation(id))
    case .reinstateOrganisation(let id): WireChange(.reinstateOrganisation(id))
    case .addMember(let id, let organisation):
      WireChange(.addMember(try chain.newMember(id, of: organisation)))
    case .suspendMember(let id): WireChange(.suspendMember(id))
    case .reinstateMember(let id): WireChange(.reinstateMember(id))
    }
  }
}
