internal import Cryptography
internal import NodeCore

/// A message under way, as bytes, which need not be one. Whoever gets it, it is read once.
final class Parcel {
  let kind: UInt8
  let bytes: [UInt8]
  private var read: Result<PeerMessage, PeerFault>?

  init(kind: UInt8, bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }

  convenience init(_ message: PeerMessage) {
    self.init(kind: message.kind.rawValue, bytes: message.encoded)
  }

  /// What a receiver reads.
  func message(_ suite: any CryptoSuite) -> Result<PeerMessage, PeerFault> {
    if let read { return read }
    let result = Result { () throws(PeerFault) in
      try PeerMessage(kind: kind, decoding: bytes, suite: suite)
    }
    read = result
    return result
  }
}
