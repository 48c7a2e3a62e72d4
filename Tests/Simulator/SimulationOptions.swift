package import NodeCore
internal import TestLedger

/// What one run is like. All of it follows from the seed.
package struct SimulationOptions: Hashable, Sendable {
  package let seed: UInt64
  /// Validators of the first epoch.
  package var validators = 4
  /// Nodes that follow and do not vote; epochs may make validators of them.
  package var observers = 0
  /// Faulty validators, by their number.
  package var disrupters: [Disruption] = []
  /// Δ, milliseconds.
  package var networkDelayMs: UInt64 = 200
  package var heartbeatMs: UInt64 = 4_000
  /// How long things go wrong.
  package var troubleMs: UInt64 = 15_000
  /// Transactions that are submitted.
  package var submissions = 20
  /// Of messages, while things go wrong.
  package var dropPercent = 0
  package var duplicatePercent = 0
  package var slowPercent = 0
  /// Mean time between faults of a kind, milliseconds; 0: never.
  package var crashesMs: UInt64 = 0
  package var linkResetsMs: UInt64 = 0
  package var partitionsMs: UInt64 = 0
  package var pausesMs: UInt64 = 0
  package var clockStepsMs: UInt64 = 0
  /// Of crashes, those that take the power.
  package var powerPercent = 50
  /// Of crashes, those that hit all nodes at once.
  package var blackoutPercent = 5
  /// Of crashes, those that come in the middle of a write.
  package var armedPercent = 50
  /// Longest time that executing a block takes.
  package var executionMs: UInt64 = 20
  /// Whether some clocks are wrong by days.
  package var hasAbsurdClocks = false
  /// Of nodes, those that start later, with nothing.
  package var latePercent = 0
  /// Changes of the validators and of a member's key.
  package var changes: [SimulatedWorld.Change] = []
  /// What is broken on purpose, in every honest node.
  package var sabotage: NodeCore.Sabotage?

  /// Derives everything.
  package init(seed: UInt64) {
    self.seed = seed
    var generator = SeededGenerator(seed: seed &* 2)
    validators = generator.pick([1, 4, 4, 4, 4, 4, 5, 7])
    observers = generator.pick([0, 0, 1, 2])
    networkDelayMs = generator.pick([50, 200, 500])
    heartbeatMs = generator.pick([1_000, 4_000, 10_000])
    troubleMs = generator.delay(3_000...12_000)
    submissions = generator.number(5...30)
    executionMs = generator.pick([2, 20, 200])
    func sometimes<Value>(_ value: Value, _ otherwise: Value) -> Value {
      generator.chance(percent: 45) ? value : otherwise
    }
    dropPercent = sometimes(generator.number(1...25), 0)
    duplicatePercent = sometimes(generator.number(1...20), 0)
    slowPercent = sometimes(generator.number(1...20), 0)
    crashesMs = sometimes(generator.delay(700...6_000), 0)
    linkResetsMs = sometimes(generator.delay(300...3_000), 0)
    partitionsMs = sometimes(generator.delay(1_000...6_000), 0)
    pausesMs = sometimes(generator.delay(1_000...6_000), 0)
    clockStepsMs = sometimes(generator.delay(1_000...6_000), 0)
    powerPercent = generator.pick([0, 50, 100])
    armedPercent = generator.pick([0, 50, 90])
    blackoutPercent = generator.pick([0, 5, 30])
    hasAbsurdClocks = generator.chance(percent: 15)
    latePercent = generator.pick([0, 0, 10, 30])
    chooseDisrupters(&generator)
    if generator.chance(percent: 30) { chooseChanges(&generator) }
  }

  /// Validators that may be faulty.
  package var maxFaulty: Int { (validators - 1) / 3 }

  private mutating func chooseDisrupters(_ generator: inout SeededGenerator) {
    guard maxFaulty > 0, generator.chance(percent: 55) else { return }
    for number in Array(0..<validators).shuffled(using: &generator).prefix(maxFaulty) {
      disrupters.append(
        Disruption(validator: number, kind: generator.pick(Disruption.Kind.allCases)))
    }
  }

  /// Keeps at most `f` of every epoch's validators faulty.
  private mutating func chooseChanges(_ generator: inout SeededGenerator) {
    observers = max(observers, 2)
    let faulty = Set(disrupters.map(\.validator))
    var names = Dictionary(uniqueKeysWithValues: (0..<validators).map { ($0, $0) })
    var office = Array(0..<validators)
    // Decisions may come in another order.
    var fewest = validators
    var spare = Array(validators..<validators + observers)
    for _ in 0..<generator.number(1...4) {
      let honest = office.filter { !faulty.contains($0) }
      switch generator.number(0...3) {
      case 0 where !spare.isEmpty:
        let node = spare.removeFirst()
        names[node] = node
        office.append(node)
        changes.append(.add(node: node))
      case 1 where honest.count > 1 && (fewest - 2) / 3 >= faulty.count:
        let node = generator.pick(honest)
        // A replaced validator's name stays with its place.
        guard names[node] == node else { continue }
        office.removeAll { $0 == node }
        fewest -= 1
        changes.append(.remove(node: node))
      case 2 where !spare.isEmpty && !honest.isEmpty:
        let node = generator.pick(honest)
        let other = spare.removeFirst()
        let name = names[node] ?? node
        names[other] = name
        office = office.map { $0 == node ? other : $0 }
        changes.append(.replace(node: node, named: name, by: other))
      case 3 where !changes.contains(.memberKey(SimulatedWorld.fickle)):
        changes.append(.memberKey(SimulatedWorld.fickle))
      default: break
      }
    }
  }
}
