public import Cryptography
internal import LedgerModel
internal import SwiftProtobuf
internal import Wire

extension PeerMessage {
  /// The payload that follows the kind.
  public var encoded: [UInt8] {
    switch self {
    case .status(let status): status.wire.encoded
    case .proposal(let header, let batches, let vote):
      Self.block(header, batches, vote).encoded
    case .vote(let vote): vote.wire.encoded
    case .certificate(let certificate): certificate.peerWire.encoded
    case .batch(let bytes), .catchUp(let bytes): bytes
    case .batchRequest(let digests):
      WireBatchRequest.with { $0.digests = digests.map(\.bytes.data) }.encoded
    case .blockRequest(let block): WireBlockRequest.with { $0.block = block.bytes.data }.encoded
    case .block(let header, let batches): Self.block(header, batches, nil).encoded
    case .certificateRequest(let epoch, let views):
      WireCertificateRequest.with {
        $0.epoch = epoch
        $0.firstView = views.lowerBound
        $0.lastView = views.upperBound
      }.encoded
    case .catchUpRequest(let height):
      WireCatchUpRequest.with { $0.fromHeight = height }.encoded
    }
  }

  private static func block(
    _ header: BlockHeader, _ batches: [Digest], _ vote: Vote?
  ) -> WirePeerBlock {
    var wire = WirePeerBlock()
    wire.header = header.encoded.data
    wire.batches = batches.map(\.bytes.data)
    if let vote { wire.vote = vote.wire }
    return wire
  }

  /// Reads a payload. Signatures are not checked.
  /// - Throws: `PeerFault`, naming what is wrong.
  public init(
    kind: UInt8, decoding bytes: [UInt8], suite: any CryptoSuite
  ) throws(PeerFault) {
    guard let kind = Kind(rawValue: kind) else { throw .unknownKind(kind) }
    do throws(ModelFault) {
      switch kind {
      case .status:
        self = .status(PeerStatus(try Self.read(WirePeerStatus.self, bytes, kind)))
      case .proposal:
        let wire = try Self.read(WirePeerBlock.self, bytes, kind)
        let (header, batches) = try Self.block(wire, suite)
        self = .proposal(header, batches: batches, try Vote(wire.vote))
      case .vote:
        self = .vote(try Vote(try Self.read(WirePeerVote.self, bytes, kind)))
      case .certificate:
        self = .certificate(
          try Certificate(peer: try Self.read(WirePeerCertificate.self, bytes, kind)))
      case .batch: self = .batch(bytes)
      case .catchUp: self = .catchUp(bytes)
      case .batchRequest:
        let wire = try Self.read(WireBatchRequest.self, bytes, kind)
        self = .batchRequest(
          try Self.digests(wire.digests.map(\.octets), field: "batch_request.digests"))
      case .blockRequest:
        let wire = try Self.read(WireBlockRequest.self, bytes, kind)
        self = .blockRequest(try Self.digest(wire.block.octets, field: "block_request.block"))
      case .block:
        let wire = try Self.read(WirePeerBlock.self, bytes, kind)
        guard !wire.hasVote else {
          throw .invalid(
            field: "block.vote", value: "\(wire.vote.kind)", remedy: "send it as a proposal")
        }
        let (header, batches) = try Self.block(wire, suite)
        self = .block(header, batches: batches)
      case .certificateRequest:
        let wire = try Self.read(WireCertificateRequest.self, bytes, kind)
        guard 1 <= wire.firstView, wire.firstView <= wire.lastView,
          wire.lastView - wire.firstView < 64
        else {
          throw .invalid(
            field: "certificate_request.last_view", value: "\(wire.firstView)-\(wire.lastView)",
            remedy: "ask for 1 to 64 views")
        }
        self = .certificateRequest(epoch: wire.epoch, views: wire.firstView...wire.lastView)
      case .catchUpRequest:
        self = .catchUpRequest(
          from: try Self.read(WireCatchUpRequest.self, bytes, kind).fromHeight)
      }
    } catch {
      throw .malformed(error)
    }
  }

  private static func read<Wire: Message>(
    _ type: Wire.Type, _ bytes: [UInt8], _ kind: Kind
  ) throws(ModelFault) -> Wire {
    do {
      return try Wire(strict: bytes, limit: kind.byteLimit)
    } catch {
      throw .wire(error)
    }
  }

  private static func block(
    _ wire: WirePeerBlock, _ suite: any CryptoSuite
  ) throws(ModelFault) -> (BlockHeader, [Digest]) {
    let header = try BlockHeader(decoding: wire.header.octets, suite: suite)
    let batches = try digests(wire.batches.map(\.octets), field: "block.batches")
    guard BlockHeader.batchesRoot(batches, suite: suite) == header.batchesRoot else {
      throw .invalid(
        field: "block.batches", value: "\(batches.count) digests",
        remedy: "send the batches that the header commits to")
    }
    return (header, batches)
  }

  private static func digests(_ parts: [[UInt8]], field: String) throws(ModelFault) -> [Digest] {
    guard parts.count <= Limits.batchesPerBlock else {
      throw .invalid(
        field: field, value: "\(parts.count)", remedy: "at most \(Limits.batchesPerBlock)")
    }
    var digests: [Digest] = []
    for part in parts { digests.append(try digest(part, field: field)) }
    return digests
  }

  private static func digest(_ part: [UInt8], field: String) throws(ModelFault) -> Digest {
    guard let digest = Digest(part) else {
      throw .invalid(field: field, value: "\(part.count) bytes", remedy: "it must have 32 bytes")
    }
    return digest
  }
}

extension PeerStatus {
  var wire: WirePeerStatus {
    var wire = WirePeerStatus()
    wire.epoch = epoch
    wire.view = view
    wire.height = height
    wire.executedHeight = executedHeight
    wire.logSize = logSize
    return wire
  }

  init(_ wire: WirePeerStatus) {
    self.init(
      epoch: wire.epoch, view: wire.view, height: wire.height,
      executedHeight: wire.executedHeight, logSize: wire.logSize)
  }
}

extension Certificate {
  var peerWire: WirePeerCertificate {
    var wire = WirePeerCertificate()
    wire.kind = UInt32(subject.kind.rawValue)
    wire.epoch = subject.epoch
    wire.view = subject.view
    wire.parentView = subject.parentView ?? 0
    wire.block = (subject.block?.bytes ?? []).data
    wire.signerMap = signerMap
    wire.signatures = signatures.map { $0.bytes.data }
    return wire
  }

  init(peer wire: WirePeerCertificate) throws(ModelFault) {
    var signatures: [Signature] = []
    for bytes in wire.signatures.prefix(Committee.countMax + 1) {
      guard let signature = Signature(bytes.octets) else {
        throw .invalid(
          field: "certificate.signatures", value: "\(bytes.count) bytes",
          remedy: "a signature has 64 bytes")
      }
      signatures.append(signature)
    }
    let subject = try VoteSubject(
      kind: wire.kind, epoch: wire.epoch, view: wire.view, parentView: wire.parentView,
      block: wire.block.octets, field: "certificate")
    do {
      try self.init(subject: subject, signerMap: wire.signerMap, signatures: signatures)
    } catch {
      throw .invalid(
        field: "certificate.signer_map", value: "\(wire.signerMap)",
        remedy: "set one bit for each signature")
    }
  }
}
