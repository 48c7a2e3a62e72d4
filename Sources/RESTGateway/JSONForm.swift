internal import Foundation
public import SwiftProtobuf

/// Messages in JSON: field names as in the schema, 64-bit integers as strings, bytes in base64,
/// defaults left out, unknown fields refused.
public enum JSONForm {
  /// Encoding fails only for text that is not Unicode, which a `String` cannot hold, and for
  /// messages that no schema here has.
  public static func encode(_ message: some Message) -> [UInt8] {
    var options = JSONEncodingOptions()
    options.preserveProtoFieldNames = true
    do {
      return try message.jsonUTF8Bytes(options: options)
    } catch {
      preconditionFailure("\(type(of: message).protoMessageName) has a JSON form: \(error)")
    }
  }

  /// - Throws: `EnvelopeFault.tooLarge` before anything is decoded, or `malformed`.
  public static func decode<M: Message>(
    _ type: M.Type, _ bytes: [UInt8], limit: Int
  ) throws(EnvelopeFault) -> M {
    guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
    var options = JSONDecodingOptions()
    options.messageDepthLimit = 16
    do {
      return try M(jsonUTF8Bytes: bytes, options: options)
    } catch {
      throw .malformed(message: M.protoMessageName, reason: "\(error)")
    }
  }
}
