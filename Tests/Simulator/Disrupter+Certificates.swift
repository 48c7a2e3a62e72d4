internal import Cryptography
internal import LedgerModel
internal import NodeCore
internal import TestLedger

// Lies about certificates, heights and batches.
extension Disrupter {
  mutating func forged(
    _ message: PeerMessage, _ truth: Parcel, _ simulation: Simulation
  ) -> [Parcel] {
    switch message {
    case .status(let status):
      let far = generator.pick([1, 1_000, UInt64.max / 2])
      return [
        Parcel(
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
  private mutating func forgedCertificate(_ own: Vote) -> Parcel? {
    let count = generator.number(1...7)
    let signers = Array(0..<count)
    let subject = generator.chance(percent: 50) ? own.subject : promoted(own.subject)
    let certificate = try? Certificate(
      subject: subject, signers: signers, signatures: signers.map { _ in own.signature })
    return certificate.map { Parcel(.certificate($0)) }
  }

  private func promoted(_ subject: VoteSubject) -> VoteSubject {
    guard let parentView = subject.parentView, let block = subject.block else { return subject }
    return VoteSubject(
      epoch: subject.epoch, view: subject.view,
      statement: .finalize(parentView: parentView, block: block))
  }

  private mutating func tampered(_ certificate: Certificate) -> Parcel? {
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
    return forged.map { Parcel(.certificate($0)) }
  }

  mutating func junk(_ simulation: Simulation) -> Parcel {
    if generator.chance(percent: 40) {
      return Parcel(
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
    return Parcel(.batch(BatchCheck.encode(batch)))
  }
}
