import Consensus
import Cryptography
import LedgerModel

/// Replicas, an unreliable network, a clock and a store of blocks, all from one seed.
///
/// Until `healsAt` messages get lost and delayed for long and validators crash; then every message
/// arrives within `delay`. Liars lie all the time.
struct SimulatedNetwork {
  struct Options {
    var count: Int
    var seed: UInt64
    /// Validators that are never there.
    var silent: Set<Int> = []
    /// Validators that sign whatever may do harm.
    var liars: Set<Int> = []
    var healsAt = 0
    var lossPercent = 0
    var duplicatePercent = 0
    /// Chance of a crash with each event until `healsAt`, in 1/1000.
    var crashPermille = 0
    /// This validator crashes once, right after it wrote this many records.
    var crash: (validator: Int, afterRecords: Int)?
    /// Leaders have work at once; otherwise they wait for the heartbeat.
    var hasWork = true
    /// Chance that a block ends its epoch.
    var lastBlockPercent = 0
    /// Chance with each message that a validator catches up by height, in 1/1000.
    var catchUpPermille = 0
    /// Validators whose key a second node uses as well; these nodes come after the others.
    var twins: [Int] = []
    /// The part of each node in the first views, until `healsAt`: votes and certificates of the
    /// view stay in their part.
    var partitions: [[Int]] = []
    /// Whether nullify votes stay in their part as well.
    var partsNullify = false
    /// All that follow the protocol leave out this rule.
    var broken: BrokenRule?
  }

  /// What is true of a block, wherever it is.
  struct Block {
    let parent: Digest
    let view: UInt64
    let endsEpoch: Bool
  }

  struct Node {
    /// `nil` while it is down.
    var replica: Replica?
    /// What survives a crash, with the ledger.
    var journal: [JournalRecord] = []
    var ledger: [Digest] = []
    var ledgerTip: Tip
    /// Each certificate with the number of blocks up to the one it finalizes.
    var finalizations: [(count: Int, certificate: Certificate)] = []
    /// The certificate it answered with when the epoch ended.
    var epochEnd: Certificate?
    /// Timers and answers of an earlier life must not reach a later one.
    var life = 0
    var hasCrashedOnPurpose = false
  }

  enum Action {
    case event(Replica.Event, to: Int, life: Int)
    case message(Replica.Event, to: Int, from: Int)
    case build(by: Int, life: Int, view: UInt64, parent: Digest)
    case restart(Int)
  }

  let options: Options
  let committee: Committee
  let genesis: Digest
  private(set) var now = 0
  private(set) var nodes: [Node]
  private(set) var evidenceCount = 0
  /// Every honest signature, restarts included, for the checker.
  private(set) var signed: [(signer: Int, subject: VoteSubject)] = []
  /// What was said after the end of the epoch.
  private(set) var overdue: [String] = []
  private(set) var halts: [String] = []
  /// What happened, for comparing two runs.
  private(set) var transcript: [Int] = []
  var generator: SeededGenerator
  /// Every block ever built.
  var blocks: [Digest: Block] = [:]
  var liars: [Int: Liar] = [:]
  private var agenda: [Int: [Action]] = [:]
  private var blockNumber: UInt64 = 0

  init?(_ options: Options) {
    guard let committee = Committee(count: options.count),
      let genesis = Digest([UInt8](repeating: 0xff, count: 32))
    else { return nil }
    self.options = options
    self.committee = committee
    self.genesis = genesis
    generator = SeededGenerator(seed: options.seed)
    let tip = Tip(view: 0, block: genesis)
    nodes = (0..<options.count + options.twins.count).map { _ in Node(ledgerTip: tip) }
    for liar in options.liars { liars[liar] = Liar(me: liar, committee: committee) }
    for index in honest { schedule(.restart(index), in: 0) }
    for (place, index) in options.twins.enumerated() {
      schedule(.restart(index), in: 0)
      schedule(.restart(options.count + place), in: 0)
    }
  }

  /// Whose key a node signs with.
  private func validator(_ index: Int) -> Int {
    index < options.count ? index : options.twins[index - options.count]
  }

  /// Validators that follow the protocol.
  var honest: [Int] {
    (0..<options.count).filter {
      !options.silent.contains($0) && !options.liars.contains($0) && !options.twins.contains($0)
    }
  }

  /// Those whose signatures may contradict each other.
  var faultyCount: Int { options.liars.count + options.twins.count }

  /// Runs until `isDone` or the clock reaches `limit`.
  mutating func run(until limit: Int, _ isDone: (Self) -> Bool) {
    while now < limit {
      if now.isMultiple(of: 10), isDone(self) { return }
      while let actions = agenda.removeValue(forKey: now) {
        for action in actions { perform(action) }
      }
      now += 1
    }
  }

  private mutating func perform(_ action: Action) {
    switch action {
    case .event(let event, let to, let life):
      if nodes[to].life == life { handle(event, at: to) }
    case .message(let event, let to, let from):
      if let last = nodes[to].epochEnd {
        // Who is late hears how the epoch ended.
        if case .vote = event { send(.certificate(last), to: from, from: to) }
      } else if var liar = liars[to] {
        let lies = liar.hear(event, &self)
        liars[to] = liar
        for (peer, vote) in lies { send(.vote(vote), to: peer, from: to) }
      } else if let replica = nodes[to].replica, isWanted(event, by: replica) {
        handle(event, at: to)
        if Int.random(in: 0..<1_000, using: &generator) < options.catchUpPermille { catchUp(to) }
      }
    case .build(let by, let life, let view, let parent):
      guard nodes[by].life == life else { return }
      // Known only now if the replica never verified the block.
      if blocks[parent]?.endsEpoch == true, options.broken != .outliveEpoch {
        return handle(.couldNotBuild(view: view), at: by)
      }
      let block = makeBlock(on: parent, in: view)
      let endsEpoch = blocks[block]?.endsEpoch ?? false
      handle(.proposalBuilt(view: view, block: block, endsEpoch: endsEpoch), at: by)
    case .restart(let index):
      restart(index)
    }
  }

  /// As a driver does before it checks signatures.
  private func isWanted(_ event: Replica.Event, by replica: Replica) -> Bool {
    switch event {
    case .vote(let vote): replica.wants(vote)
    case .certificate(let certificate): replica.wants(certificate)
    default: true
    }
  }

  private mutating func restart(_ index: Int) {
    let configuration = Replica.Configuration(
      committee: committee, me: validator(index), epoch: 0, timing: timing)
    // Through the bytes, as from a disk.
    let records = nodes[index].journal.compactMap { try? JournalRecord(decoding: $0.encoded) }
    nodes[index].replica = Replica(
      configuration: configuration, journal: records, lastFinalized: nodes[index].ledgerTip,
      breaking: options.broken)
    // A driver whose ledger ends with the epoch's last block begins the next epoch.
    if let last = nodes[index].ledger.last, blocks[last]?.endsEpoch == true {
      nodes[index].epochEnd = nodes[index].finalizations.last?.certificate
      return
    }
    handle(.start, at: index)
    if options.hasWork { handle(.workWaiting(true), at: index) }
  }

  /// All validators lose power at once and come back one after the other.
  mutating func losePower() {
    for index in honest { crash(index) }
  }

  private mutating func crash(_ index: Int) {
    nodes[index].replica = nil
    nodes[index].life += 1
    schedule(.restart(index), in: Int.random(in: 10...300, using: &generator))
  }

  private mutating func handle(_ event: Replica.Event, at index: Int) {
    guard nodes[index].epochEnd == nil, let effects = nodes[index].replica?.handle(event) else {
      return
    }
    transcript += [now, index, effects.count]
    for effect in effects {
      perform(effect, at: index)
      // A crash loses the effects that follow.
      guard nodes[index].replica != nil else { return }
    }
    if now < options.healsAt, Int.random(in: 0..<1_000, using: &generator) < options.crashPermille {
      crash(index)
    }
  }

  private mutating func perform(_ effect: Replica.Effect, at index: Int) {
    switch effect {
    case .journal(let record):
      nodes[index].journal.append(record)
      if let point = options.crash, point.validator == index, !nodes[index].hasCrashedOnPurpose,
        nodes[index].journal.count == point.afterRecords
      {
        nodes[index].hasCrashedOnPurpose = true
        crash(index)
      }
    case .requestProposal(let view, _, let parent):
      let pause = options.hasWork ? Int.random(in: 0...5, using: &generator) : timing.heartbeat
      schedule(.build(by: index, life: nodes[index].life, view: view, parent: parent), in: pause)
    case .broadcastProposal(let permitted), .vote(let permitted):
      if honest.contains(index) { signed.append((index, permitted.subject)) }
      if nodes[index].epochEnd != nil { overdue.append("\(index) signed after the epoch's end") }
      guard let vote = makeVote(permitted.subject, by: validator(index)) else { return }
      answer(.vote(vote), at: index, in: 0)
      broadcast(.vote(vote), from: index)
    case .broadcastCertificate(let certificate):
      broadcast(.certificate(certificate), from: index)
    case .verifyBlock(let proposal, let parent):
      guard let found = blocks[proposal.block] else { return }
      let isChild = found.parent == parent && found.view == proposal.view
        && !(parent.flatMap { blocks[$0]?.endsEpoch } ?? false)
      answer(
        .blockVerified(
          view: proposal.view, block: proposal.block, isValid: parent == nil || isChild,
          endsEpoch: found.endsEpoch),
        at: index, in: Int.random(in: 0...5, using: &generator))
    case .finalized(let chain, let certificate):
      nodes[index].ledger += chain
      take(certificate, at: index)
      let floor = nodes[index].replica?.journalFloor ?? 0
      // Records are counted where a crash after so many is asked for.
      if options.crash == nil { nodes[index].journal.removeAll { $0.view < floor } }
      if let last = chain.last, blocks[last]?.endsEpoch == true {
        // The replica may know already; it must not matter.
        answer(.synced(certificate, endsEpoch: true), at: index, in: 10)
      }
    case .epochEnded(let block, let certificate):
      if nodes[index].ledger.last != block { overdue.append("\(index) ended with another block") }
      nodes[index].epochEnd = certificate
    case .armTimer(let timer, let view, let milliseconds):
      answer(.timerFired(timer, view: view), at: index, in: milliseconds)
    case .evidence:
      evidenceCount += 1
    case .requestMissing(let missing, let from):
      fetch(missing, from: from, for: index)
    case .halt(let breach):
      halts.append("\(index): \(breach)")
    }
  }

  private mutating func fetch(_ missing: Replica.Missing, from: Int?, for index: Int) {
    switch missing {
    case .certificates(let views):
      let peer = from ?? Int.random(in: nodes.indices, using: &generator)
      guard peer != index, let replica = nodes[peer].replica else { return }
      for certificate in views.flatMap({ replica.certificates(inView: $0) }) {
        send(.certificate(certificate), to: index, from: peer)
      }
    case .ancestors(let certificate, let after):
      guard let block = certificate.subject.block else { return }
      if options.catchUpPermille > 0, generator.chance(50) { return catchUp(index) }
      var chain = [block]
      while let oldest = chain.last, let parent = blocks[oldest]?.parent, parent != after.block {
        chain.append(parent)
      }
      answer(.ancestors(of: block, chain: chain.reversed()), at: index, in: 20)
    }
  }

  /// Notes a certificate for the newest block of the ledger.
  private mutating func take(_ certificate: Certificate, at index: Int) {
    guard let newest = certificate.subject.proposal else { return }
    nodes[index].ledgerTip = Tip(view: newest.view, block: newest.block)
    nodes[index].finalizations.append((nodes[index].ledger.count, certificate))
  }

  /// Copies blocks from a peer by height, or tells the replica again what it knows.
  private mutating func catchUp(_ index: Int) {
    guard nodes[index].replica != nil, nodes[index].epochEnd == nil,
      let peer = honest.randomElement(using: &generator),
      let found = nodes[peer].finalizations.suffix(4).randomElement(using: &generator)
    else { return }
    let copied = Array(nodes[peer].ledger.prefix(found.count))
    if copied.count > nodes[index].ledger.count {
      if !copied.starts(with: nodes[index].ledger) {
        halts.append("\(index): another ledger than \(peer)")
      }
      nodes[index].ledger = copied
      take(found.certificate, at: index)
    }
    let endsEpoch = copied.last.flatMap { blocks[$0]?.endsEpoch } ?? false
    handle(.synced(found.certificate, endsEpoch: endsEpoch), at: index)
  }

  private mutating func broadcast(_ event: Replica.Event, from index: Int) {
    for peer in nodes.indices where peer != index { send(event, to: peer, from: index) }
  }

  /// Loses, doubles and delays.
  private mutating func send(_ event: Replica.Event, to peer: Int, from index: Int) {
    let isBad = now < options.healsAt
    if isBad, isParted(event, peer, index) { return }
    if isBad, generator.chance(options.lossPercent) { return }
    let delays = isBad ? 1...150 : 1...20
    let copies = generator.chance(options.duplicatePercent) ? 2 : 1
    for _ in 0..<copies {
      schedule(
        .message(event, to: peer, from: index), in: Int.random(in: delays, using: &generator))
    }
  }

  private mutating func answer(_ event: Replica.Event, at index: Int, in delay: Int) {
    schedule(.event(event, to: index, life: nodes[index].life), in: delay)
  }

  private mutating func schedule(_ action: Action, in delay: Int) {
    agenda[now + delay, default: []].append(action)
  }

  private func isParted(_ event: Replica.Event, _ peer: Int, _ index: Int) -> Bool {
    let subject: VoteSubject
    switch event {
    case .vote(let vote): subject = vote.subject
    case .certificate(let certificate): subject = certificate.subject
    default: return false
    }
    guard options.partsNullify || subject.kind != .nullify,
      let parts = options.partitions.dropFirst(Int(subject.view) - 1).first
    else { return false }
    return parts[peer] != parts[index]
  }

  mutating func makeBlock(on parent: Digest, in view: UInt64) -> Digest {
    blockNumber += 1
    let number = blockNumber.bigEndianBytes
    let block = Digest(number + number + number + number) ?? genesis
    let endsEpoch = options.lastBlockPercent > 0 && generator.chance(options.lastBlockPercent)
    blocks[block] = Block(parent: parent, view: view, endsEpoch: endsEpoch)
    return block
  }

  func makeVote(_ subject: VoteSubject, by signer: Int) -> Vote? {
    Signature([UInt8](repeating: UInt8(signer), count: Signature.byteCount))
      .map { Vote(subject: subject, signer: signer, signature: $0) }
  }
}
