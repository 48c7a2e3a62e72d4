internal import Foundation
internal import HTTPTypes
internal import NIOHTTP1
internal import Wire

/// A problem as JSON (RFC 9457); `code` says more than a `type` could, so that is `about:blank`.
struct ProblemDocument: Codable {
  let type: String
  let title: String
  let status: Int
  let code: String
  let field: String
  let value: String
  let remedy: String

  init(_ problem: Problem) {
    type = "about:blank"
    title = problem.httpStatus.reasonPhrase
    status = problem.status
    code = problem.code
    field = problem.field
    value = problem.value
    remedy = problem.remedy
  }

  /// Encoding strings and one integer cannot fail; an empty document is answered if it does.
  var encoded: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { [UInt8]($0) } ?? Array("{}".utf8)
  }
}

extension Problem {
  /// The status with its name.
  var httpStatus: HTTPResponse.Status {
    HTTPResponse.Status(
      code: status, reasonPhrase: HTTPResponseStatus(statusCode: status).reasonPhrase)
  }
}

extension WireProblem {
  init(_ problem: Problem) {
    self.init()
    code = problem.code
    status = UInt32(clamping: problem.status)
    field = problem.field
    value = problem.value
    remedy = problem.remedy
  }
}
