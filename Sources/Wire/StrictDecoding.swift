public import SwiftProtobuf

/// Why bytes are not an acceptable message.
public enum WireFault: Error, Hashable, Sendable {
  /// More bytes than the message may have; nothing was decoded.
  case tooLarge(message: String, bytes: Int, limit: Int)
  /// Not protobuf, truncated, or text that is not UTF-8.
  case malformed(message: String)
  /// Decodes, but has unknown fields or is not the one encoding of its content (W2).
  case notCanonical(message: String)
}

extension Message {
  /// Decodes a message whose bytes are hashed or signed.
  ///
  /// Accepts exactly the canonical encoding: fields in order of number, no unknown fields, defaults
  /// left out. Two parties then never read different things into the same bytes.
  /// - Throws: `WireFault.tooLarge` before anything is decoded.
  /// - Source: docs/spec/01-encoding.md, rules W1 to W3.
  public init(strict bytes: [UInt8], limit: Int) throws(WireFault) {
    let name = Self.protoMessageName
    guard bytes.count <= limit else {
      throw .tooLarge(message: name, bytes: bytes.count, limit: limit)
    }
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    options.messageDepthLimit = 16
    let again: [UInt8]
    do {
      try self.init(serializedBytes: bytes, options: options)
      again = try serializedBytes()
    } catch {
      throw .malformed(message: name)
    }
    guard again.hasBytes(of: bytes) else { throw .notCanonical(message: name) }
  }

  /// The canonical encoding.
  ///
  /// Encoding fails only for proto2's required fields, which no schema here has.
  public var encoded: [UInt8] {
    do {
      return try serializedBytes()
    } catch {
      preconditionFailure("\(Self.protoMessageName) has no required fields: \(error)")
    }
  }
}
