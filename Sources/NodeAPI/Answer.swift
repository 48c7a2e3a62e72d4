internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import SwiftProtobuf
internal import Wire

/// Makes responses.
enum Answer {
  /// Larger bodies are written in slices, so that the time to read each can be bounded.
  private static let sliceBytes = 64 * 1_024

  /// A message in the form that the client asked for.
  static func message(
    _ message: some Message, as form: Form, status: HTTPResponse.Status = .ok
  ) throws(Problem) -> Response {
    guard let bytes = try? form.encode(message) else { throw .unencodable }
    return response(status, form.contentType, ByteBuffer(bytes: bytes))
  }

  /// A problem in the form that the client asked for.
  static func problem(_ problem: Problem, as form: Form) -> Response {
    let bytes =
      switch form {
      case .protobuf: WireProblem(problem).encoded
      case .json: ProblemDocument(problem).encoded
      }
    var answer = response(problem.httpStatus, form.problemContentType, ByteBuffer(bytes: bytes))
    if let seconds = problem.retryAfter { answer.headers[.retryAfter] = "\(seconds)" }
    return answer
  }

  /// A problem document with its head, for where there is no request to answer.
  static func plain(_ problem: Problem) -> (head: HTTPResponse, body: ByteBuffer) {
    let body = ByteBuffer(bytes: ProblemDocument(problem).encoded)
    let head = HTTPResponse(
      status: problem.httpStatus,
      headerFields: [
        .contentType: Form.json.problemContentType, .contentLength: "\(body.readableBytes)",
      ])
    return (head, body)
  }

  /// Bytes of any media type.
  static func response(
    _ status: HTTPResponse.Status, _ contentType: String, _ bytes: ByteBuffer
  ) -> Response {
    Response(status: status, headers: [.contentType: contentType], body: body(bytes))
  }

  private static func body(_ bytes: ByteBuffer) -> ResponseBody {
    guard bytes.readableBytes > sliceBytes else { return ResponseBody(byteBuffer: bytes) }
    return ResponseBody(contentLength: bytes.readableBytes) { writer in
      var rest = bytes
      while let slice = rest.readSlice(length: min(sliceBytes, rest.readableBytes)),
        slice.readableBytes > 0
      {
        try await writer.write(slice)
      }
      try await writer.finish(nil)
    }
  }
}
