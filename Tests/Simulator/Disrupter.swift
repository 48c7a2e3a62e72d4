internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeCore
internal import TestLedger

/// A faulty validator: what its machine says is twisted on its way out, and more is added.
struct Disrupter {
  let kind: Disruption.Kind
  let key: PrivateKey
  /// The number of the node whose key this is.
  let me: Int
  var generator: SeededGenerator
  /// What it heard and said, to repeat it: the newest.
  private var memory: [Parcel] = []
  /// Its second block for a proposal of its own, by the first one's hash.
  private var rivals: [Digest: (header: BlockHeader, batches: [Digest])] = [:]
  /// To whom it says nothing, if it withholds.
  private let isDeafTo: Set<Int>
  /// What it never says, if it withholds; empty: everything.
  private let withheld: Set<UInt8>
  /// Invalid blocks go through the fields in turn.
  private var faults = 0
  /// The view it proposed in before its time.
  private var overtaken: VoteSubject?

  init(kind: Disruption.Kind, key: PrivateKey, me: Int, generator: SeededGenerator) {
    self.kind = kind
    self.key = key
    self.me = me
    self.generator = generator
    var generator = generator
    isDeafTo = Set((0..<9).filter { _ in generator.chance(percent: 40) })
    withheld = Set(
      PeerMessage.Kind.allCases.map(\.rawValue).filter { _ in generator.chance(percent: 40) })
  }

  /// What everyone gets when it hears a message.
  mutating func hear(
    _ message: PeerMessage, _ parcel: Parcel, _ simulation: Simulation
  ) -> [Parcel] {
    remember(parcel)
    guard kind == .overtake else { return [] }
    return [overtaking(message, simulation)].compactMap { $0 }
  }

  private mutating func remember(_ lie: Parcel) {
    guard kind == .replay || kind == .forge else { return }
    if memory.count < 200 {
      memory.append(lie)
    } else {
      memory[generator.number(0...199)] = lie
    }
  }

  /// What a peer gets in place of a message.
  mutating func tell(
    _ message: PeerMessage, _ truth: Parcel, to peer: Int, _ simulation: Simulation
  ) -> [Parcel] {
    remember(truth)
    switch kind {
    case .twins: return [truth]
    case .withhold:
      if withheld.isEmpty || withheld.contains(truth.kind) { return [] }
      return isDeafTo.contains(peer) || generator.chance(percent: 10) ? [] : [truth]
    case .replay:
      let old = (0..<generator.number(0...2)).compactMap { _ in
        memory.randomElement(using: &generator)
      }
      return [truth] + old
    case .corrupt: return [corrupted(truth)]
    case .equivocate: return equivocate(message, truth, to: peer, simulation)
    case .invalidBlocks: return [misbuilt(message, simulation) ?? truth]
    case .forge: return forged(message, truth, simulation)
    case .overtake:
      if case .proposal(_, _, let own) = message, isOvertaken(own.subject) { return [] }
      return [truth]
    case .junk:
      return [truth] + (generator.chance(percent: 30) ? [junk(simulation)] : [])
    }
  }

  mutating func corrupted(_ truth: Parcel) -> Parcel {
    var bytes = truth.bytes
    guard !bytes.isEmpty, generator.chance(percent: 50) else { return truth }
    switch generator.number(0...3) {
    case 0: bytes.removeLast(generator.number(1...bytes.count))
    case 1: bytes += [0x0a, 0x01]
    default:
      for _ in 0..<generator.number(1...3) {
        bytes[generator.number(0...bytes.count - 1)] ^= UInt8(1 << generator.number(0...7))
      }
    }
    let kind = generator.chance(percent: 10) ? UInt8(generator.number(0...13)) : truth.kind
    return Parcel(kind: kind, bytes: bytes)
  }

  // MARK: Votes and blocks

  private func vote(_ subject: VoteSubject, _ signer: Int, _ simulation: Simulation) -> Vote? {
    let bytes = subject.signingBytes(chainID: simulation.world.genesis.chainID)
    guard let signature = try? simulation.world.suite.sign(bytes.span, with: key) else {
      return nil
    }
    return Vote(subject: subject, signer: signer, signature: signature)
  }

  /// One block for even peers, another for odd ones, and votes of all kinds for both.
  private mutating func equivocate(
    _ message: PeerMessage, _ truth: Parcel, to peer: Int, _ simulation: Simulation
  ) -> [Parcel] {
    switch message {
    case .proposal(let header, let batches, let own):
      let rival = rivals[header.hash] ?? other(header, batches, simulation)
      rivals[header.hash] = rival
      guard case .notarize(let parentView, _) = own.subject.statement,
        let second = vote(
          VoteSubject(
            epoch: own.subject.epoch, view: own.subject.view,
            statement: .notarize(parentView: parentView, block: rival.header.hash)), own.signer,
          simulation)
      else { return [truth] }
      let isEven = (peer + Int(own.subject.view)).isMultiple(of: 2)
      let both = generator.chance(percent: 20)
      let lie = Parcel(.proposal(rival.header, batches: rival.batches, second))
      return both ? [truth, lie] : [isEven ? truth : lie]
    case .vote(let own):
      var lies = generator.chance(percent: 80) ? [truth] : []
      var statements: [VoteSubject.Statement] = [.nullify]
      if let parentView = own.subject.parentView, let block = own.subject.block {
        for block in [block, rivals[block]?.header.hash].compactMap({ $0 }) {
          statements.append(.notarize(parentView: parentView, block: block))
          statements.append(.finalize(parentView: parentView, block: block))
        }
      }
      for statement in statements where generator.chance(percent: 40) {
        let subject = VoteSubject(
          epoch: own.subject.epoch, view: own.subject.view, statement: statement)
        if let vote = vote(subject, own.signer, simulation) { lies.append(Parcel(.vote(vote))) }
      }
      return lies
    case .block(let header, _):
      guard let rival = rivals[header.hash], generator.chance(percent: 30) else { return [truth] }
      return [Parcel(.block(rival.header, batches: rival.batches))]
    default: return [truth]
    }
  }

  /// The same block a moment later, hence another one.
  private func other(
    _ header: BlockHeader, _ batches: [Digest], _ simulation: Simulation
  ) -> (header: BlockHeader, batches: [Digest]) {
    (rebuilt(header, batches, simulation, timeMs: header.timeMs + 1), batches)
  }

  private func rebuilt(
    _ header: BlockHeader, _ batches: [Digest], _ simulation: Simulation, chainID: Digest? = nil,
    epoch: UInt64? = nil, height: UInt64? = nil, view: UInt64? = nil, parent: Digest? = nil,
    timeMs: UInt64? = nil, executed: ExecutedState? = nil, validatorSet: Digest? = nil,
    nextValidatorSet: Digest? = nil
  ) -> BlockHeader {
    BlockHeader(
      chainID: chainID ?? header.chainID, suite: simulation.world.suite,
      epoch: epoch ?? header.epoch, height: height ?? header.height, view: view ?? header.view,
      parent: parent ?? header.parent, timeMs: timeMs ?? header.timeMs, batches: batches,
      executed: executed ?? header.executed, validatorSet: validatorSet ?? header.validatorSet,
      nextValidatorSet: nextValidatorSet ?? header.nextValidatorSet)
  }

  /// A proposal with one field wrong, properly signed.
  private mutating func misbuilt(_ message: PeerMessage, _ simulation: Simulation) -> Parcel? {
    guard case .proposal(let header, var batches, let own) = message,
      case .notarize(let parentView, _) = own.subject.statement, generator.chance(percent: 70)
    else { return nil }
    let wrong = header.hash
    let done = header.executed
    faults += 1
    let built: BlockHeader
    switch Int(own.subject.view) % 13 {
    case 0: built = rebuilt(header, batches, simulation, chainID: wrong)
    case 1: built = rebuilt(header, batches, simulation, epoch: header.epoch + 1)
    case 2: built = rebuilt(header, batches, simulation, height: header.height + 1)
    case 3: built = rebuilt(header, batches, simulation, view: header.view &- 1)
    case 4: built = rebuilt(header, batches, simulation, parent: wrong)
    case 5: built = rebuilt(header, batches, simulation, timeMs: 0)
    case 6: built = rebuilt(header, batches, simulation, timeMs: UInt64.max)
    case 7:
      batches.append(wrong)
      built = rebuilt(header, batches, simulation)
    case 8:
      built = rebuilt(
        header, batches, simulation,
        executed: ExecutedState(
          height: done.height, indexRoot: wrong, logRoot: done.logRoot, logSize: done.logSize))
    case 9:
      built = rebuilt(
        header, batches, simulation,
        executed: ExecutedState(
          height: header.height, indexRoot: done.indexRoot, logRoot: done.logRoot,
          logSize: done.logSize))
    case 10: built = rebuilt(header, batches, simulation, validatorSet: wrong)
    case 11: built = rebuilt(header, batches, simulation, nextValidatorSet: wrong)
    default:
      built = rebuilt(
        header, batches, simulation,
        executed: ExecutedState(
          height: UInt64.max, indexRoot: wrong, logRoot: wrong, logSize: UInt64.max))
    }
    let subject = VoteSubject(
      epoch: own.subject.epoch, view: own.subject.view,
      statement: .notarize(parentView: parentView, block: built.hash))
    return vote(subject, own.signer, simulation).map {
      Parcel(.proposal(built, batches: batches, $0))
    }
  }

  /// A block for its own view right after a proposal's, that would put the proposed one aside.
  private mutating func overtaking(_ message: PeerMessage, _ simulation: Simulation) -> Parcel? {
    guard case .proposal(let header, _, let vote) = message,
      case .notarize(let parentView, _) = vote.subject.statement,
      let epoch = simulation.nodes[me].ledger?.epoch, header.epoch == epoch.number
    else { return nil }
    let view = vote.subject.view &+ 1
    let leader = epoch.validators.leader(epoch: epoch.number, view: view)
    guard epoch.validators.validators[leader].publicKey.encoded == key.publicKey.encoded else {
      return nil
    }
    let beside = rebuilt(header, [], simulation, view: view, timeMs: header.timeMs &+ 1)
    let subject = VoteSubject(
      epoch: epoch.number, view: view,
      statement: .notarize(parentView: parentView, block: beside.hash))
    guard !isOvertaken(subject), let own = self.vote(subject, leader, simulation) else {
      return nil
    }
    overtaken = subject
    return Parcel(.proposal(beside, batches: [], own))
  }

  /// Whether it has proposed in this view before its time: not twice, since that would be seen.
  private func isOvertaken(_ subject: VoteSubject) -> Bool {
    overtaken?.epoch == subject.epoch && overtaken?.view == subject.view
  }
}
