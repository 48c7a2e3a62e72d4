internal import Cryptography
internal import Foundation
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import SwiftProtobuf
internal import Wire

/// A request that has found its route.
struct Call: Sendable {
  let request: Request
  /// Of the path's placeholders, still percent-encoded, in their order.
  let values: [Substring]
  let query: Query
  /// The form of the answer.
  let form: Form

  /// A placeholder's value as text.
  func text(_ index: Int, _ name: String) throws(Problem) -> String {
    let value = String(values[index])
    guard value.utf8.contains(UInt8(ascii: "%")) else { return value }
    guard let text = value.removingPercentEncoding else {
      throw .invalidParameter(name, value, remedy: "percent-encode it as UTF-8")
    }
    return text
  }

  /// A placeholder's value as a whole number.
  func number(_ index: Int, _ name: String) throws(Problem) -> UInt64 {
    try Query.number(name, String(values[index]))
  }

  /// A placeholder's value as a digest.
  func digest(_ index: Int, _ name: String) throws(Problem) -> Digest {
    let value = String(values[index])
    guard let digest = Digest(hex: value) else {
      throw .invalidParameter(name, value, remedy: "give 64 hexadecimal digits")
    }
    return digest
  }

  /// Reads a message's canonical encoding out of the body.
  ///
  /// Binary bytes are handed on as they came; JSON is encoded anew. The bytes count against
  /// `memory` until `use` has returned.
  /// - Throws: `Problem`, or what ended the connection.
  func withBody<M: Message>(
    _ type: M.Type, limit: Int, memory: Quota,
    use: ([UInt8]) async throws -> Response
  ) async throws -> Response {
    let sent = request.headers[.contentType] ?? ""
    guard let sentForm = Form(contentType: sent) else { throw Problem.unsupportedMediaType(sent) }
    var body = BodyReader(limit: limit, memory: memory)
    defer { withExtendedLifetime(body) {} }
    let bytes = try await body.read(request)
    switch sentForm {
    case .protobuf: return try await use(bytes)
    case .json: return try await use(try Self.recode(type, bytes))
    }
  }

  private static func recode<M: Message>(
    _ type: M.Type, _ json: [UInt8]
  ) throws(Problem) -> [UInt8] {
    let name = M.protoMessageName.split(separator: ".").last.map { String($0) } ?? ""
    var options = JSONDecodingOptions()
    options.messageDepthLimit = 16
    do {
      return try M(jsonUTF8Bytes: json, options: options).encoded
    } catch JSONDecodingError.unknownField(let field) {
      throw .unknownField(field, in: name)
    } catch let error as JSONDecodingError {
      throw .malformedBody(name, reason: "JSON: \(error)")
    } catch {
      throw .malformedBody(name, reason: "not JSON")
    }
  }
}
