internal import LedgerModel
internal import LedgerStore
internal import NodeCore
internal import TestLedger

// What goes wrong, and the healing.
extension Simulation {
  func scheduleFaults() {
    repeatedly(options.crashesMs) { [self] in try crashSome() }
    repeatedly(options.linkResetsMs) { [self] in
      let (one, other) = (randomNode, randomNode)
      if one != other { reset(one, other) }
    }
    repeatedly(options.partitionsMs) { [self] in part() }
    repeatedly(options.pausesMs) { [self] in
      let node = nodes[randomNode]
      node.pausedUntilMs = min(
        max(node.pausedUntilMs, nowMs + generator.delay(50...3_000)), options.troubleMs)
      note(node.number, "stands still until \(node.pausedUntilMs)")
    }
    repeatedly(options.clockStepsMs) { [self] in
      let node = nodes[randomNode]
      node.clockSkewMs = skew()
      note(node.number, "clock is wrong by \(node.clockSkewMs) ms")
    }
  }

  /// A wall clock's error: what NTP leaves, or days.
  func skew() -> Int64 {
    if options.hasAbsurdClocks, !isHealed, generator.chance(percent: 40) {
      return Int64.random(in: -200_000_000...200_000_000, using: &generator)
    }
    return Int64.random(in: -40...40, using: &generator)
  }

  private var randomNode: Int { generator.number(0...nodes.count - 1) }

  private func repeatedly(_ meanMs: UInt64, _ body: @escaping () throws -> Void) {
    guard meanMs > 0 else { return }
    after(generator.delay(1...2 * meanMs)) { [self] in
      guard !isHealed else { return }
      try body()
      repeatedly(meanMs, body)
    }
  }

  private func crashSome() throws {
    let isPower = generator.chance(percent: options.powerPercent)
    let kind: SimulatedDisk.Crash = isPower ? .power : .process
    if generator.chance(percent: options.blackoutPercent) {
      for node in nodes { try crash(node, kind) }
      return
    }
    let node = nodes[randomNode]
    if generator.chance(percent: options.armedPercent) {
      let point = SimulatedDisk.CrashPoint(
        write: generator.number(1...12), takesEffect: generator.chance(percent: 50))
      note(node.number, "will crash at its write \(point.write) (\(point.takesEffect))")
      node.disk.arm(point)
    } else {
      try crash(node, kind)
    }
  }

  /// Two groups that do not hear each other, or of which one does not hear the other.
  private func part() {
    var isHere = nodes.map { _ in generator.chance(percent: 50) }
    if generator.chance(percent: 40) {
      let alone = randomNode
      isHere = nodes.map { $0.number == alone }
    }
    let isSilent = generator.chance(percent: 60)
    let isOneWay = isSilent && generator.chance(percent: 40)
    var pairs: [(Int, Int)] = []
    for one in nodes.indices where isHere[one] {
      for other in nodes.indices where !isHere[other] { pairs.append((one, other)) }
    }
    note(nil, "partition of \(isHere), silent \(isSilent), one way \(isOneWay)")
    func change(_ by: Int) {
      for (one, other) in pairs {
        if isSilent {
          network.silence(one, other, by)
          if !isOneWay { network.silence(other, one, by) }
        } else {
          network.sever(one, other, by)
          if by > 0, network.isConnected(one, other) { reset(one, other) }
        }
      }
    }
    change(1)
    after(generator.delay(200...5_000)) { [self] in
      guard !isHealed else { return }
      note(nil, "the partition ends")
      change(-1)
      // What a connection lost while it lasted was noticed: it is made anew.
      if isSilent { for (one, other) in pairs { reset(one, other) } }
    }
  }

  /// All honest nodes run, every link is new, nothing is lost, clocks agree.
  func heal() {
    note(nil, "all heals")
    isHealed = true
    network.heal()
    for node in nodes {
      node.clockSkewMs = skew()
      node.pausedUntilMs = 0
      node.disk.disarm()
      if !node.isRunning { at(nowMs + generator.delay(1...200), .start(node: node.number)) }
    }
    for one in nodes.indices {
      for other in nodes.indices where one < other {
        if network.isConnected(one, other) {
          reset(one, other)
        } else {
          at(nowMs + 1, .connect(one, other))
        }
      }
    }
  }

  /// How long recovery may take: twice what the timers allow, one after the other.
  ///
  /// A node finds out how far the others are within a status period, asks one that does not answer
  /// for 5 s, and another one; each faulty leader costs its heartbeat and 4Δ; each epoch costs an
  /// own round of that.
  var patienceMs: UInt64 {
    let view = options.heartbeatMs + 4 * options.networkDelayMs
    let rounds = UInt64(options.validators + 2) * view
    return 2 * (30_000 + rounds * UInt64(1 + options.changes.count))
  }

  /// Whether every submission is executed everywhere that is honest, and everyone has come to the
  /// height that was the highest when the last one was; and lies that can be proven are.
  func isWell() throws -> Bool {
    guard clients.submissions.allSatisfy({ $0.standing != .waiting }) else { return false }
    // Fixed, since blocks go on coming: who follows some way behind is not ill.
    let height = heightToReach ?? checker.height
    heightToReach = height
    let isThere = nodes.allSatisfy { node in
      !node.isHonest || node.ledger.map { $0.executed.height >= height } ?? false
    }
    return try isThere && missingProofs().isEmpty
  }

  /// What keeps the network from being well, in words.
  func illness() throws -> String {
    var parts: [String] = []
    let waiting = clients.submissions.indices.filter {
      clients.submissions[$0].standing == .waiting
    }
    if !waiting.isEmpty { parts.append("submissions \(waiting) are not executed") }
    for lie in try missingProofs() { parts.append("\(lie) is not proven") }
    for node in nodes {
      guard let core = node.machine?.core else {
        parts.append("node \(node.number) is down")
        continue
      }
      let overview = core.overview
      parts.append(
        "node \(node.number)\(node.isHonest ? "" : "*"): epoch \(overview.epoch), view "
          + "\(overview.view), height \(overview.height), executed \(overview.executedHeight), "
          + "\(overview.batches) batches, \(overview.waitsFor)")
    }
    return parts.joined(separator: "; ")
  }
}
