internal import Cryptography
internal import LedgerModel
internal import NodeCore
internal import TestLedger

/// A faulty validator: what its machine says is twisted on its way out, and more is added.
struct Disrupter {
  /// A message as bytes, which need not be one.
  struct Lie {
    let kind: UInt8
    let bytes: [UInt8]
  }

  let kind: Disruption.Kind
  let key: PrivateKey
  /// The number of the node whose key this is.
  let me: Int
  var generator: SeededGenerator
  /// What it heard and said, to repeat it: the newest.
  private var memory: [Lie] = []
  /// Its second block for a proposal of its own, by the first one's hash.
  private var rivals: [Digest: (header: BlockHeader, batches: [Digest])] = [:]
  /// To whom it says nothing, if it withholds.
  private let isDeafTo: Set<Int>
  /// What it never says, if it withholds; empty: everything.
  private let withheld: Set<UInt8>
  /// Invalid blocks go through the fields in turn.
  private var faults = 0

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

  mutating func hear(_ kind: UInt8, _ bytes: [UInt8]) { remember(Lie(kind: kind, bytes: bytes)) }

  private mutating func remember(_ lie: Lie) {
    guard kind == .replay || kind == .forge else { return }
    if memory.count < 200 {
      memory.append(lie)
    } else {
      memory[generator.number(0...199)] = lie
    }
  }

  /// What a peer gets in place of a message.
  mutating func tell(
    _ message: PeerMessage, _ kind: UInt8, _ bytes: [UInt8], to peer: Int, _ simulation: Simulation
  ) -> [Lie] {
    let truth = Lie(kind: kind, bytes: bytes)
    remember(truth)
    switch self.kind {
    case .twins: return [truth]
    case .withhold:
      if withheld.isEmpty || withheld.contains(kind) { return [] }
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
    case .junk:
      return [truth] + (generator.chance(percent: 30) ? [junk(simulation)] : [])
    }
  }

  private mutating func corrupted(_ truth: Lie) -> Lie {
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
    return Lie(kind: kind, bytes: bytes)
  }

  // MARK: Votes and blocks

  private func vote(_ subject: VoteSubject, _ signer: Int, _ simulation: Simulation) -> Vote? {
    let bytes = subject.signingBytes(chainID: simulation.world.genesis.chainID)
    guard let signature = try? simulation.world.suite.sign(bytes.span, with: key) else {
      return nil
    }
    return Vote(subject: subject, signer: signer, signature: signature)
  }

  private func lie(_ message: PeerMessage) -> Lie {
    Lie(kind: message.kind.rawValue, bytes: message.encoded)
  }

  /// One block for even peers, another for odd ones, and votes of all kinds for both.
  private mutating func equivocate(
    _ message: PeerMessage, _ truth: Lie, to peer: Int, _ simulation: Simulation
  ) -> [Lie] {
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
      let lie = lie(.proposal(rival.header, batches: rival.batches, second))
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
        if let vote = vote(subject, own.signer, simulation) { lies.append(lie(.vote(vote))) }
      }
      return lies
    case .block(let header, _):
      guard let rival = rivals[header.hash], generator.chance(percent: 30) else { return [truth] }
      return [lie(.block(rival.header, batches: rival.batches))]
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
  private mutating func misbuilt(_ message: PeerMessage, _ simulation: Simulation) -> Lie? {
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
      lie(.proposal(built, batches: batches, $0))
    }
  }

  // MARK: Certificates, heights, batches

  private mutating func forged(
    _ message: PeerMessage, _ truth: Lie, _ simulation: Simulation
  ) -> [Lie] {
    switch message {
    case .status(let status):
      let far = generator.pick([1, 1_000, UInt64.max / 2])
      return [
        lie(
          .status(
            PeerStatus(
              epoch: status.epoch &+ generator.delay(0...1), view: status.view &+ far,
              height: status.height &+ far, executedHeight: status.executedHeight &+ far,
              logSize: status.logSize)))
      ]
    case .vote(let own):
      return [truth]
        + (generator.chance(percent: 50) ? [forgedCertificate(own)] : []).compactMap { $0 }
    case .certificate(let certificate):
      return [truth] + [tampered(certificate)].compactMap { $0 }
    case .catchUp, .batch, .block: return [corrupted(truth)]
    default: return [truth]
    }
  }

  /// Its own signature in everybody's place.
  private mutating func forgedCertificate(_ own: Vote) -> Lie? {
    let count = generator.number(1...7)
    let signers = Array(0..<count)
    let subject = generator.chance(percent: 50) ? own.subject : promoted(own.subject)
    let certificate = try? Certificate(
      subject: subject, signers: signers, signatures: signers.map { _ in own.signature })
    return certificate.map { lie(.certificate($0)) }
  }

  private func promoted(_ subject: VoteSubject) -> VoteSubject {
    guard let parentView = subject.parentView, let block = subject.block else { return subject }
    return VoteSubject(
      epoch: subject.epoch, view: subject.view,
      statement: .finalize(parentView: parentView, block: block))
  }

  private mutating func tampered(_ certificate: Certificate) -> Lie? {
    var (subject, signers) = (certificate.subject, certificate.signers)
    var signatures = certificate.signatures
    switch generator.number(0...4) {
    case 0:  // Too few.
      signers.removeLast()
      signatures.removeLast()
    case 1:  // A quorum's signatures, but for something else.
      subject = promoted(subject)
    case 2:
      subject = VoteSubject(
        epoch: subject.epoch + 1, view: subject.view, statement: subject.statement)
    case 3:
      subject = VoteSubject(
        epoch: subject.epoch, view: subject.view + generator.delay(1...1 << 40),
        statement: subject.statement)
    default:  // One signer twice.
      signatures[signatures.count - 1] = signatures[0]
    }
    let forged = try? Certificate(subject: subject, signers: signers, signatures: signatures)
    return forged.map { lie(.certificate($0)) }
  }

  private mutating func junk(_ simulation: Simulation) -> Lie {
    if generator.chance(percent: 40) {
      return Lie(
        kind: PeerMessage.Kind.batch.rawValue,
        bytes: (0..<generator.number(0...200)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        })
    }
    // Signed with a key that is no member's, or for an unknown member.
    let number = generator.next()
    let text = "junk \(number)"
    let calls = [Notes.put("junk", text)]
    let transaction = try? Transaction(
      chainID: simulation.world.genesis.chainID,
      member: generator.pick([SimulatedWorld.member(0), "nobody"]),
      idempotencyKey: Array(text.utf8), validUntil: 100_000, calls: calls, key: key,
      suite: simulation.world.suite)
    let batch = Batch(transaction.map { [$0] } ?? [], suite: simulation.world.suite)
    return lie(.batch(BatchCheck.encode(batch)))
  }
}
