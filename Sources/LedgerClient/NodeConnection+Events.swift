internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

extension NodeConnection {
  /// Follows the operation log from `position` on, past and future.
  ///
  /// The feed ends when the node shuts down; go on with the position after the last item.
  public func events(from position: UInt64 = 0) async throws(ClientFault) -> EventFeed {
    let deadline = NIODeadline.now() + TimeAmount(timeout)
    let response = try await open("/v1/events?from=\(position)", deadline: deadline)
    guard response.status.code == 200 else {
      throw refusal(response, try await read(response, deadline: deadline))
    }
    guard response.headers.first(name: "content-type") == "text/event-stream" else {
      throw .protocolViolation(reason: "/v1/events does not answer with an event stream")
    }
    return EventFeed(body: response.body, connection: self)
  }
}
