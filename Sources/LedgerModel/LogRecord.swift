public import Cryptography

/// One entry of the operation log.
///
/// - Source: docs/spec/04-state.md, rule S5.
public enum LogRecord: Hashable, Sendable {
  /// An encoded `AssetEvent`.
  case event([UInt8])
  /// An encoded `Receipt`.
  case receipt([UInt8])

  /// The first byte of the entry.
  public var kind: UInt8 {
    switch self {
    case .event: 1
    case .receipt: 2
    }
  }

  /// The encoded event or receipt.
  public var bytes: [UInt8] {
    switch self {
    case .event(let bytes), .receipt(let bytes): bytes
    }
  }

  public init?(kind: UInt8, bytes: [UInt8]) {
    switch kind {
    case 1: self = .event(bytes)
    case 2: self = .receipt(bytes)
    default: return nil
    }
  }

  /// The digest that trails and the log share, so that each record is hashed once.
  public func digest(_ suite: any CryptoSuite) -> Digest {
    switch self {
    case .event(let bytes): suite.hash(.assetEvent, bytes)
    case .receipt(let bytes): suite.hash(.receipt, bytes)
    }
  }

  /// The leaf of the log's tree: a hash of the kind and the record's digest.
  public func leafHash(_ suite: any CryptoSuite) -> Digest {
    Self.leafHash(kind: kind, digest: digest(suite), suite)
  }

  /// The same for a digest already computed.
  public static func leafHash(kind: UInt8, digest: Digest, _ suite: any CryptoSuite) -> Digest {
    let entry = [kind] + digest.bytes
    return suite.hash(domain: 0x00, entry.span)
  }
}
