import Foundation
import NodeAPI
import Synchronization
import Testing

@Suite("Event stream")
struct EventStreamTests {
  /// Reads `count` events of a stream and hangs up.
  private func events(
    _ count: Int, port: Int, path: String = "/v1/events", last: String? = nil
  ) async throws -> [String] {
    try await RawClient.connect(port: port) { client in
      let header = last.map { "last-event-id: \($0)\r\n" } ?? ""
      try await client.write("GET \(path) HTTP/1.1\r\nhost: x\r\n\(header)\r\n")
      var text = ""
      while text.components(separatedBy: "\n\n").count(where: { $0.contains("data: ") }) < count {
        let more = await client.read(until: "\n\n")
        if more.isEmpty { break }
        text += more
      }
      // Each event is one chunk of the transfer encoding, so that its lines stay together.
      return text.components(separatedBy: "\r\n").filter { $0.contains("data: ") }
    }
  }

  @Test("Each record is an event with its position, kind and JSON")
  func frames() async throws {
    let node = StubNode(logSize: 3)
    let frames = try await withServer(node) { try await events(3, port: $0) }
    #expect(
      frames == [
        "id: 0\nevent: event\ndata: {\"kind\":\"LOG_RECORD_KIND_EVENT\",\"record\":\"AA==\"}\n\n",
        "id: 1\nevent: receipt\ndata: "
          + "{\"position\":\"1\",\"kind\":\"LOG_RECORD_KIND_RECEIPT\",\"record\":\"AQ==\"}\n\n",
        "id: 2\nevent: event\ndata: "
          + "{\"position\":\"2\",\"kind\":\"LOG_RECORD_KIND_EVENT\",\"record\":\"Ag==\"}\n\n",
      ])
  }

  @Test("A stream resumes at `from`, and after Last-Event-ID whatever `from` says")
  func resume() async throws {
    try await withServer(StubNode(logSize: 1_000)) { port in
      let from = try await events(2, port: port, path: "/v1/events?from=500")
      #expect(from.first?.hasPrefix("id: 500\n") == true)
      let last = try await events(1, port: port, path: "/v1/events?from=500", last: "997")
      #expect(last.first?.hasPrefix("id: 998\n") == true)
      let all = try await events(1_000, port: port)
      #expect(
        all.prefix(1_000).enumerated().allSatisfy { $1.hasPrefix("id: \($0)\n") }
          && all.count == 1_000)
    }
  }

  @Test("A Last-Event-ID that is no position is refused")
  func badCursor() async throws {
    try await withServer(StubNode()) { port in
      for cursor in ["abc", "18446744073709551615"] {
        let reply = try await send(
          "GET", "/v1/events", port: port, headers: [("last-event-id", cursor)])
        #expect(reply.status == 400)
        #expect(try reply.problem()["field"] == "last-event-id")
        #expect(try reply.problem()["value"] == cursor)
      }
    }
  }

  @Test("A silent stream beats, and the server's shutdown ends it")
  func heartbeatAndEnd() async throws {
    var limits = APILimits()
    limits.heartbeat = .milliseconds(100)
    let (beating, beats) = AsyncStream<Void>.makeStream()
    let reader = Mutex<Task<String, any Error>?>(nil)
    try await withServer(StubNode(), limits: limits) { port in
      let task = Task {
        try await RawClient.connect(port: port) { client in
          try await client.write("GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n")
          var text = await client.read(until: ":\n\n")
          for _ in 0..<3 { text += await client.read(until: ":\n\n") }
          beats.finish()
          return text + (await client.readToEnd().text)
        }
      }
      reader.withLock { $0 = task }
      for await _ in beating {}
    }
    // The server is down; what the client read has the last chunk of a complete answer.
    let text = try await reader.withLock { $0 }?.value ?? ""
    #expect(text.components(separatedBy: ":\n\n").count > 4)
    #expect(text.hasSuffix("0\r\n\r\n"))
  }

  @Test("No more streams are open at once than allowed")
  func bounded() async throws {
    var limits = APILimits()
    limits.eventStreams = 2
    limits.heartbeat = .milliseconds(100)
    try await withServer(StubNode(), limits: limits) { port in
      try await RawClient.connect(port: port) { first in
        try await first.write("GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n")
        _ = await first.read(until: ":\n\n")
        try await RawClient.connect(port: port) { second in
          try await second.write("GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n")
          _ = await second.read(until: ":\n\n")
          let third = try await send("GET", "/v1/events", port: port)
          #expect(third.status == 503)
          #expect(third.headers["retry-after"] == "1")
        }
      }
      // Both have hung up, which the node notices by its next heartbeats.
      var reopened = false
      for _ in 0..<100 where !reopened {
        reopened = try await RawClient.connect(port: port) { client in
          try await client.write("GET /v1/events HTTP/1.1\r\nhost: x\r\n\r\n")
          return await client.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200")
        }
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(reopened)
    }
  }
}
