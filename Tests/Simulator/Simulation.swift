internal import Consensus
internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeCore
internal import Storage
internal import Synchronization
internal import TestLedger

/// A whole network under one clock: the real machines, ledgers and contracts, and a world around
/// them that is as bad as the options say.
///
/// First things go wrong for a while: whatever happens, nothing may diverge. Then everything heals:
/// all that was submitted must be executed everywhere within `Simulation.patienceMs`.
package final class Simulation {
  /// What happens at some time.
  enum Event {
    case start(node: Int)
    /// A message arrives, unless its connection was broken meanwhile.
    case message(Parcel, from: Int, to: Int, connection: Int)
    /// Something that a node does or learns in this life.
    case job(node: Int, life: Int, (SimulatedNode) throws -> Void)
    case wake(node: Int, life: Int, atMs: UInt64)
    case connect(Int, Int)
    /// Something of the world: a fault, a client.
    case world(() throws -> Void)
  }

  package let options: SimulationOptions
  let world: SimulatedWorld
  var generator: SeededGenerator
  var agenda = Agenda<Event>()
  package internal(set) var nowMs: UInt64 = 0
  var nodes: [SimulatedNode] = []
  var network: SimulatedNetwork
  var clients = Clients()
  package internal(set) var checker = Checker()
  var transcript = Transcript()
  var isHealed = false
  /// Once every submission is settled.
  var heightToReach: UInt64?
  /// Lies that the ledgers prove in the end.
  var proofs = 0
  var trace: Trace?

  package init(_ options: SimulationOptions, traced: Bool = false) throws {
    self.options = options
    trace = traced ? Trace() : nil
    let count = options.validators + options.observers
    var settings = ChainSettings.standard
    settings.heartbeatMs = options.heartbeatMs
    world = try SimulatedWorld(
      validators: options.validators, nodes: count, settings: settings)
    generator = SeededGenerator(seed: options.seed &* 2 &+ 1)
    let twins = options.disrupters.filter { $0.kind == .twins }.map(\.validator)
    // A twin comes after all others and has the key of its sibling.
    let keys = Array(0..<count) + twins
    network = SimulatedNetwork(count: keys.count)
    for (number, key) in keys.enumerated() {
      let id = PeerID(key: world.key(key).publicKey.encoded)
      let node = SimulatedNode(number: number, id: id)
      if let disruption = options.disrupters.first(where: { $0.validator == key }) {
        node.disrupter = Disrupter(
          kind: disruption.kind, key: world.key(key), me: key,
          generator: SeededGenerator(seed: options.seed &+ UInt64(number) &* 7_919))
      }
      nodes.append(node)
    }
  }

  /// What came of a run.
  package struct Outcome: Hashable, Sendable {
    /// What is wrong; empty if nothing is.
    package let faults: [String]
    /// The same for the same seed.
    package let digest: UInt64
    package let height: UInt64
    package let epoch: UInt64
    /// Until everything was well again after it healed; `nil` if it never was.
    package let recoveryMs: UInt64?
    /// How long that may take.
    package let patienceMs: UInt64
    package let virtualMs: UInt64
    /// Lies that the ledgers prove.
    package let proofs: Int
  }

  package static func run(_ options: SimulationOptions) throws -> Outcome {
    try Simulation(options).run()
  }

  /// From the first start to the end.
  package func run() throws -> Outcome {
    for node in nodes {
      let isLate = generator.chance(percent: options.latePercent)
      let start = isLate ? generator.delay(0...options.troubleMs) : generator.delay(0...50)
      at(start, .start(node: node.number))
      node.clockSkewMs = skew()
    }
    scheduleClients()
    scheduleFaults()
    let healsAtMs = options.troubleMs
    while nowMs < healsAtMs, checker.faults.isEmpty, step(until: healsAtMs) {}
    nowMs = max(nowMs, healsAtMs)
    let recovery = checker.faults.isEmpty ? try recover() : nil
    if checker.faults.isEmpty { try checkLedgers() }
    return Outcome(
      faults: checker.faults, digest: transcript.digest, height: checker.height,
      epoch: nodes.compactMap { $0.ledger?.epoch.number }.max() ?? 0, recoveryMs: recovery,
      patienceMs: patienceMs, virtualMs: nowMs, proofs: proofs)
  }

  /// Heals everything and waits until all is well.
  private func recover() throws -> UInt64? {
    heal()
    let healedAtMs = nowMs
    let limit = healedAtMs + patienceMs
    while nowMs < limit, checker.faults.isEmpty {
      let next = nowMs + 20
      while nowMs < next, checker.faults.isEmpty, step(until: next) {}
      nowMs = max(nowMs, next)
      if try isWell() { return nowMs - healedAtMs }
    }
    if checker.faults.isEmpty {
      checker.fault("K5: not well \(patienceMs) ms after everything healed: \(try illness())")
    }
    return nil
  }

  /// Handles the next event, if it is before `end`.
  private func step(until end: UInt64) -> Bool {
    guard let (atMs, event) = agenda.next() else { return false }
    guard atMs < end else {
      agenda.schedule(event, atMs: atMs)
      return false
    }
    nowMs = atMs
    do { try handle(event) } catch {
      // Reading for a peer or after a crash: the ledger lacks what it should have.
      checker.fault("K6: an event cannot be handled: \(error)")
    }
    return true
  }

  private func handle(_ event: Event) throws {
    switch event {
    case .start(let number): try start(nodes[number])
    case .message(let parcel, let from, let to, let connection):
      let node = nodes[to]
      guard node.isRunning, network.connection(from, to) == connection else { return }
      if postpone(event, node) { return }
      transcript.add(nowMs, UInt64(from), UInt64(to), UInt64(parcel.kind))
      transcript.add(parcel.bytes)
      try receive(parcel, from: nodes[from], at: node)
    case .job(let number, let life, let body):
      let node = nodes[number]
      guard node.isRunning, node.life == life else { return }
      if postpone(event, node) { return }
      transcript.add(nowMs, UInt64(number))
      try body(node)
    case .wake(let number, let life, let atMs):
      let node = nodes[number]
      guard node.isRunning, node.life == life, node.wakesAtMs == atMs else { return }
      if postpone(event, node) { return }
      node.wakesAtMs = nil
      transcript.add(nowMs, UInt64(number), 1)
      tell(node, .tick)
    case .connect(let one, let other): connect(one, other)
    case .world(let body): try body()
    }
  }

  /// A node that stands still handles nothing until it goes on.
  private func postpone(_ event: Event, _ node: SimulatedNode) -> Bool {
    guard node.pausedUntilMs > nowMs else { return false }
    agenda.schedule(event, atMs: node.pausedUntilMs)
    return true
  }

  func at(_ atMs: UInt64, _ event: Event) { agenda.schedule(event, atMs: atMs) }

  func after(_ delayMs: UInt64, _ body: @escaping () throws -> Void) {
    agenda.schedule(.world(body), atMs: nowMs + delayMs)
  }

  /// In this life of a node.
  func after(
    _ delayMs: UInt64, at node: SimulatedNode, _ body: @escaping (SimulatedNode) throws -> Void
  ) {
    agenda.schedule(
      .job(node: node.number, life: node.life, body), atMs: nowMs + delayMs)
  }

  func note(_ node: Int?, _ text: @autoclosure () -> String) {
    if trace != nil { trace?.add(nowMs, node, text()) }
  }
}
