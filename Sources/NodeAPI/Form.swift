internal import SwiftProtobuf
internal import Wire

/// The two forms in which messages travel: binary protobuf, and its JSON mapping.
enum Form: Sendable {
  case protobuf
  case json

  /// The form that a `Content-Type` names.
  /// - Returns: `nil` for any other type.
  init?(contentType: String) {
    switch contentType {
    case "application/x-protobuf": self = .protobuf
    case "application/json": self = .json
    default:
      // With parameters, space or capitals, the rarer and slower case.
      let essence = Self.essence(of: contentType)
      guard essence != contentType else { return nil }
      self.init(contentType: essence)
    }
  }

  /// The first form that an `Accept` names; JSON if it names neither. Weights are not compared.
  init(accept: String?) {
    guard let accept else {
      self = .json
      return
    }
    if let only = Form(contentType: accept) {
      self = only
      return
    }
    let named = accept.split(separator: ",").lazy.compactMap { Form(contentType: String($0)) }
    self = named.first ?? .json
  }

  var contentType: String {
    switch self {
    case .protobuf: "application/x-protobuf"
    case .json: "application/json"
    }
  }

  /// A problem's type differs from a message's, because both may come with the same status.
  var problemContentType: String {
    switch self {
    case .protobuf: "application/x-protobuf;message=Problem"
    case .json: "application/problem+json"
    }
  }

  /// Field names are those of the schema, 64-bit integers are strings and bytes are base64.
  func encode(_ message: some Message) throws -> [UInt8] {
    switch self {
    case .protobuf: return message.encoded
    case .json:
      var options = JSONEncodingOptions()
      options.preserveProtoFieldNames = true
      return try message.jsonUTF8Bytes(options: options)
    }
  }

  /// A media type in lower case, without its parameters and the space around it.
  private static func essence(of type: String) -> String {
    let name = type.prefix { $0 != ";" }
    return String(name.drop { $0 == " " }.prefix { $0 != " " }).lowercased()
  }
}
