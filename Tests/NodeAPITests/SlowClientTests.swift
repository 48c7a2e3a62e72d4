import NIOCore
import NodeAPI
import Testing
import Wire

@Suite("Slow and many clients", .serialized)
struct SlowClientTests {
  private var impatient: APILimits {
    var limits = APILimits()
    limits.idle = .milliseconds(400)
    limits.bodyGrace = .milliseconds(400)
    limits.unread = .milliseconds(400)
    limits.linger = .milliseconds(200)
    return limits
  }

  /// Far above each bound, because the machine that tests may be busy.
  private let slack = Duration.seconds(5)

  @Test("A client that never ends its head is disconnected while others are served")
  func slowHead() async throws {
    try await withServer(StubNode(), limits: impatient) { port in
      let (time, served) = try await RawClient.connect(port: port) { client in
        let start = ContinuousClock.now
        try await client.write("GET /healthz HTTP/1.1\r\nhost: x\r\n")
        var served = 0
        // One header line at a time keeps the connection busy, but never completes the head.
        while ContinuousClock.now - start < .seconds(20) {
          guard (try? await client.write("x-\(served): y\r\n")) != nil else { break }
          if try await send("GET", "/healthz", port: port).status == 200 { served += 1 }
          try await Task.sleep(for: .milliseconds(50))
        }
        return (ContinuousClock.now - start, served)
      }
      #expect(time >= .milliseconds(400))
      #expect(time < slack)
      #expect(served > 0)
    }
  }

  @Test("A client that drips its body is disconnected, one that sends fast enough is not")
  func slowBody() async throws {
    var limits = impatient
    limits.bodyBytesPerSecond = 1_000
    try await withServer(StubNode(), limits: limits) { port in
      let head =
        "POST /v1/sealed HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n"
        + "content-length: 2000\r\n\r\n"
      let slow = try await RawClient.connect(port: port) { client in
        let start = ContinuousClock.now
        try await client.write(head)
        while ContinuousClock.now - start < .seconds(20) {
          guard (try? await client.write("x")) != nil else { break }
          try await Task.sleep(for: .milliseconds(50))
        }
        return ContinuousClock.now - start
      }
      #expect(slow >= .milliseconds(400))
      #expect(slow < slack)
      let steady = try await RawClient.connect(port: port) { client in
        try await client.write(head)
        // Twice the rate asked for, and for longer than the grace.
        for _ in 0..<10 {
          try await client.write(String(repeating: "x", count: 200))
          try await Task.sleep(for: .milliseconds(100))
        }
        return await client.read(until: "ciphertext")
      }
      #expect(steady.hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("A client that does not read its answer is disconnected")
  func slowReader() async throws {
    let genesis = [UInt8](repeating: 7, count: 32 * 1_024 * 1_024)
    try await withServer(StubNode(genesis: genesis), limits: impatient) { port in
      let received = try await RawClient.connect(port: port) { client in
        try await client.write("GET /v1/genesis HTTP/1.1\r\nhost: x\r\n\r\n")
        try await Task.sleep(for: .seconds(3))
        return await client.readToEnd().text.utf8.count
      }
      #expect(received < genesis.count)
    }
  }

  @Test("A connection is kept between requests, and closed when it stays idle")
  func keepAlive() async throws {
    try await withServer(StubNode(), limits: impatient) { port in
      let (answers, time) = try await RawClient.connect(port: port) { client in
        var answers = 0
        for _ in 0..<3 {
          try await client.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
          if await client.read(until: "ok\n").hasPrefix("HTTP/1.1 200") { answers += 1 }
        }
        return (answers, await client.readToEnd().time)
      }
      #expect(answers == 3)
      #expect(time < slack)
    }
  }

  @Test("A slow node is not the client's fault")
  func slowNode() async throws {
    let node = StubNode(delay: .seconds(1))
    try await withServer(node, limits: impatient) { port in
      let text = try await RawClient.connect(port: port) { client in
        try await client.write(
          "POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            + "content-length: 19\r\n\r\n{\"body\":\"Ym9keQ==\"}")
        return await client.read(until: "}]}")
      }
      #expect(text.hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("A request that asks for it is invited to send its body, and closed after its answer")
  func expectContinue() async throws {
    try await withServer(StubNode(), limits: impatient) { port in
      let (invitation, answer) = try await RawClient.connect(port: port) { client in
        try await client.write(
          "POST /v1/transactions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            + "content-length: 19\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n")
        let invitation = await client.read(until: "\r\n\r\n")
        try await client.write("{\"body\":\"Ym9keQ==\"}")
        return (invitation, await client.readToEnd().text)
      }
      #expect(invitation == "HTTP/1.1 100 Continue\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 200"))
      #expect(answer.lowercased().contains("connection: close"))
    }
  }

  @Test("No more connections are served at once than allowed, and idle ones make room")
  func connections() async throws {
    var limits = impatient
    limits.connections = 8
    limits.idle = .seconds(1)
    try await withServer(StubNode(), limits: limits) { port in
      // 24 clients connect and say nothing; a client after them must wait for the first to go.
      try await withThrowingTaskGroup(of: Void.self) { idlers in
        for _ in 0..<24 {
          idlers.addTask {
            try await RawClient.connect(port: port) { client in _ = await client.readToEnd() }
          }
        }
        try await Task.sleep(for: .milliseconds(500))
        let start = ContinuousClock.now
        let text = try await RawClient.connect(port: port) { client in
          try await client.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
          return await client.read(until: "ok\n")
        }
        let waited = ContinuousClock.now - start
        #expect(text.hasPrefix("HTTP/1.1 200"))
        #expect(waited > .milliseconds(500))
        try await idlers.waitForAll()
      }
    }
  }
}
