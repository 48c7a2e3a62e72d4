internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore
internal import ServiceLifecycle
internal import SwiftProtobuf
internal import Wire

/// The operation log as server-sent events.
///
/// The stream pulls: it asks for more only when the client has taken what was written, so that a
/// slow reader holds no memory. It ends on shutdown and on a problem, which is its last event.
struct EventStream: Sendable {
  /// Records asked for at once.
  private static let batch = 64
  /// The longest wait for records, and so for the end on shutdown.
  private static let waitMs = 1_000

  let service: any NodeService
  let heartbeat: Duration
  let streams: Quota

  /// Starts a stream at `position`.
  /// - Throws: What the node says about that position, while there is still a status to say it.
  func response(from position: UInt64) async throws(Problem) -> Response {
    guard let share = streams.take(1) else {
      throw .overloaded("event streams", limit: streams.limit)
    }
    let first = try await service.feed(from: position, limit: Self.batch, waitMs: 0)
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        defer { withExtendedLifetime(share) {} }
        try await write(first, from: position, to: &writer)
        try await writer.finish(nil)
      })
  }

  private func write(
    _ first: [WireFeedItem], from position: UInt64, to writer: inout any ResponseBodyWriter
  ) async throws {
    var items = first
    var next = position
    // A first byte tells the client that the stream stands.
    try await writer.write(ByteBuffer(string: ":\n\n"))
    var written = ContinuousClock.now
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      if let last = items.last {
        for item in items { try await writer.write(frame(item)) }
        next = last.position + 1
        written = .now
      } else if ContinuousClock.now - written >= heartbeat {
        try await writer.write(ByteBuffer(string: ":\n\n"))
        written = .now
      }
      do {
        items = try await service.feed(from: next, limit: Self.batch, waitMs: waitMs)
      } catch {
        return try await writer.write(frame(error))
      }
    }
  }

  private var waitMs: Int {
    let heartbeatMs =
      heartbeat.components.seconds * 1_000
      + heartbeat.components.attoseconds / 1_000_000_000_000_000
    return max(1, min(Self.waitMs, Int(heartbeatMs)))
  }

  private func frame(_ item: WireFeedItem) throws -> ByteBuffer {
    let kind =
      switch item.kind {
      case .receipt: "receipt"
      case .event, .unspecified, .UNRECOGNIZED: "event"
      }
    var buffer = ByteBuffer(string: "id: \(item.position)\nevent: \(kind)\ndata: ")
    buffer.writeBytes(try Form.json.encode(item))
    buffer.writeString("\n\n")
    return buffer
  }

  private func frame(_ problem: Problem) -> ByteBuffer {
    var buffer = ByteBuffer(string: "event: problem\ndata: ")
    buffer.writeBytes(ProblemDocument(problem).encoded)
    buffer.writeString("\n\n")
    return buffer
  }
}
