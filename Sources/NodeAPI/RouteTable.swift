internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore

/// Finds the route of a request, and turns what it throws into a problem.
struct RouteTable: HTTPResponder {
  let routes: [Route]

  func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
    let form = Form(accept: request.headers[.accept])
    let path = Route.segments(of: request.uri.path)
    do {
      for route in routes where route.method == request.method {
        guard let values = route.match(path) else { continue }
        let query = try Query(request, for: route)
        return try await route.handler(
          Call(request: request, values: values, query: query, form: form))
      }
      return unrouted(request, path, as: form)
    } catch let problem as Problem {
      return Answer.problem(problem, as: form)
    }
    // Anything else is the connection's end while the body was read: there is nobody to answer.
  }

  private func unrouted(_ request: Request, _ path: [Substring], as form: Form) -> Response {
    let allowed = routes.filter { $0.match(path) != nil }.map(\.method.rawValue)
      .joined(separator: ", ")
    var response: Response
    if allowed.isEmpty {
      response = Answer.problem(.unknownRoute(request.uri.path), as: form)
    } else {
      response = Answer.problem(
        .wrongMethod(request.method.rawValue, allowed: allowed), as: form)
      response.headers[.allow] = allowed
    }
    // An answer to HEAD ends with its head.
    if request.method == .head { response.body = ResponseBody() }
    return response
  }
}
