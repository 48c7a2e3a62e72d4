internal import Cryptography
public import LedgerModel

/// What a replica must remember through a crash.
///
/// A leader's proposal needs no record of its own: it is its notarize vote. One byte of kind, then:
///
///     1 vote         subject
///     2 certificate  subject ‖ signer map 4 ‖ 64 for each signer
///     3 certified    epoch 8 ‖ view 8 ‖ parent view 8 ‖ block 32
///     4 last block   epoch 8 ‖ view 8 ‖ block 32
///
///     subject        kind 1 ‖ epoch 8 ‖ view 8 [ ‖ parent view 8 ‖ block 32 ]
///
/// Integers are big-endian; nullify has no bracket. Framing and checksums are the journal's.
public enum JournalRecord: Hashable, Sendable {
  /// This validator's own statement.
  case vote(VoteSubject)
  /// A certificate that was formed or received.
  case certificate(Certificate)
  /// The block is notarized, valid and held.
  case certified(Proposal)
  /// The block of this view is valid and held, and ends the epoch if it becomes final. Precedes
  /// every own vote for the block.
  case lastBlock(epoch: UInt64, Tip)

  /// Bytes of the longest record: a finalization by 31 signers.
  public static let byteCountMax = 1 + 57 + 4 + Committee.countMax * Signature.byteCount

  /// The epoch that the record is about.
  public var epoch: UInt64 {
    switch self {
    case .vote(let subject): subject.epoch
    case .certificate(let certificate): certificate.subject.epoch
    case .certified(let proposal): proposal.epoch
    case .lastBlock(let epoch, _): epoch
    }
  }

  /// The view that the record is about.
  public var view: UInt64 {
    switch self {
    case .vote(let subject): subject.view
    case .certificate(let certificate): certificate.subject.view
    case .certified(let proposal): proposal.view
    case .lastBlock(_, let tip): tip.view
    }
  }

  /// The record's bytes, at most `byteCountMax`.
  public var encoded: [UInt8] {
    switch self {
    case .vote(let subject):
      return [1] + Self.bytes(of: subject)
    case .certificate(let certificate):
      return [2] + Self.bytes(of: certificate.subject) + certificate.signerMap.bigEndianBytes
        + certificate.signatures.flatMap(\.bytes)
    case .certified(let proposal):
      return [3] + proposal.epoch.bigEndianBytes + proposal.view.bigEndianBytes
        + proposal.parentView.bigEndianBytes + proposal.block.bytes
    case .lastBlock(let epoch, let tip):
      return [4] + epoch.bigEndianBytes + tip.view.bigEndianBytes + tip.block.bytes
    }
  }

  /// Reads what `encoded` writes; there is one encoding of each record.
  /// - Throws: `JournalFault`.
  public init(decoding bytes: [UInt8]) throws(JournalFault) {
    guard bytes.count <= Self.byteCountMax else { throw .tooLong(bytes.count) }
    var reader = Reader(rest: bytes[...])
    switch try reader.byte() {
    case 1:
      self = .vote(try reader.subject())
    case 2:
      let subject = try reader.subject()
      let map = UInt32(truncatingIfNeeded: try reader.integer(byteCount: 4))
      let signatures = try reader.signatures(count: map.nonzeroBitCount)
      do {
        self = .certificate(
          try Certificate(subject: subject, signerMap: map, signatures: signatures))
      } catch {
        throw .certificate(error)
      }
    case 3:
      let epoch = try reader.integer(byteCount: 8)
      self = .certified(try reader.proposal(epoch: epoch, view: reader.integer(byteCount: 8)))
    case 4:
      let epoch = try reader.integer(byteCount: 8)
      let view = try reader.integer(byteCount: 8)
      self = .lastBlock(epoch: epoch, Tip(view: view, block: try reader.digest()))
    case let tag:
      throw .unknownKind(tag)
    }
    guard reader.rest.isEmpty else { throw .surplus(bytes: reader.rest.count) }
  }

  private static func bytes(of subject: VoteSubject) -> [UInt8] {
    let bytes = [subject.kind.rawValue] + subject.epoch.bigEndianBytes + subject.view.bigEndianBytes
    guard let proposal = subject.proposal else { return bytes }
    return bytes + proposal.parentView.bigEndianBytes + proposal.block.bytes
  }
}

/// Why bytes are not a journal record.
public enum JournalFault: Error, Hashable, Sendable {
  case tooLong(Int)
  /// The bytes end inside a field.
  case truncated
  /// Bytes follow the last field.
  case surplus(bytes: Int)
  /// No record or vote has this kind.
  case unknownKind(UInt8)
  case certificate(CertificateFault)
}

/// Takes fields off the front of a record.
private struct Reader {
  var rest: ArraySlice<UInt8>

  mutating func take(_ count: Int) throws(JournalFault) -> ArraySlice<UInt8> {
    guard rest.count >= count else { throw .truncated }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func byte() throws(JournalFault) -> UInt8 {
    UInt8(truncatingIfNeeded: try integer(byteCount: 1))
  }

  mutating func integer(byteCount: Int) throws(JournalFault) -> UInt64 {
    try take(byteCount).reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func proposal(epoch: UInt64, view: UInt64) throws(JournalFault) -> Proposal {
    let parentView = try integer(byteCount: 8)
    return Proposal(epoch: epoch, view: view, parentView: parentView, block: try digest())
  }

  mutating func digest() throws(JournalFault) -> Digest {
    guard let digest = Digest(try take(Digest.byteCount)) else { throw .truncated }
    return digest
  }

  mutating func subject() throws(JournalFault) -> VoteSubject {
    let tag = try byte()
    guard let kind = VoteKind(rawValue: tag) else { throw .unknownKind(tag) }
    let epoch = try integer(byteCount: 8)
    let view = try integer(byteCount: 8)
    switch kind {
    case .notarize: return try proposal(epoch: epoch, view: view).notarize
    case .nullify: return VoteSubject(epoch: epoch, view: view, statement: .nullify)
    case .finalize: return try proposal(epoch: epoch, view: view).finalize
    }
  }

  mutating func signatures(count: Int) throws(JournalFault) -> [Signature] {
    var signatures: [Signature] = []
    for _ in 0..<count {
      guard let signature = Signature(Array(try take(Signature.byteCount))) else {
        throw .truncated
      }
      signatures.append(signature)
    }
    return signatures
  }
}
