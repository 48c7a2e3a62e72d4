import Cryptography
import Logging
import NIOCore
import NIOPosix
import NodeAPI
import Testing
import Wire

@testable import LedgerClient

@Suite("Node connection")
struct NodeConnectionTests {
  /// Runs `body` with a connection to a real server on loopback.
  @discardableResult
  private func withNode<R: Sendable>(
    _ node: ScriptedNode = ScriptedNode(), timeout: Duration = .seconds(20),
    _ body: @Sendable @escaping (NodeConnection) async throws -> R
  ) async throws -> R {
    try await Self.withServer(node, tls: nil) { port in
      let connection = try NodeConnection(url: "http://127.0.0.1:\(port)", timeout: timeout)
      return try await Self.closing(connection, body)
    }
  }

  private static func closing<R: Sendable>(
    _ connection: NodeConnection, _ body: (NodeConnection) async throws -> R
  ) async throws -> R {
    do {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  @discardableResult
  private static func withServer<R: Sendable>(
    _ node: ScriptedNode, tls: APIConfiguration.TLSFiles?,
    _ body: @Sendable @escaping (Int) async throws -> R
  ) async throws -> R {
    let (ports, port) = AsyncStream<Int>.makeStream()
    let server = try APIServer(
      service: node, configuration: APIConfiguration(host: "127.0.0.1", port: 0, tls: tls),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { bound in port.yield(bound) }
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await server.run() }
      var iterator = ports.makeAsyncIterator()
      let bound = try #require(await iterator.next())
      defer { tasks.cancelAll() }
      return try await body(bound)
    }
  }

  /// Answers every connection with the same bytes.
  @discardableResult
  private func withImpostor<R: Sendable>(
    _ answer: String, _ body: @Sendable @escaping (NodeConnection) async throws -> R
  ) async throws -> R {
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Parrot(answer: answer))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = server.localAddress?.port ?? 0
    let connection = try NodeConnection(
      url: "http://127.0.0.1:\(port)", timeout: .seconds(10))
    let result = try await Self.closing(connection, body)
    try await server.close()
    return result
  }

  @Test("Every question reaches the node with its arguments, and its answer comes back")
  func questions() async throws {
    let id = try #require(Digest([UInt8](repeating: 0xab, count: 32)))
    try await withNode { node in
      #expect(try await node.submit(Array("good".utf8)).transactionID.octets == Array("good".utf8))
      #expect(try await node.receipts(of: id).transactionID.octets == id.bytes)
      let asset = try await node.asset(namespace: "in/voices", key: "发票 1%?", atLeast: 6)
      #expect(asset.items.first?.value.namespace == "in/voices|发票 1%?")
      #expect(asset.format == 6)
      let trail = try await node.trail(namespace: "a", key: "..", atLeast: 7)
      #expect(trail.items.first?.trail.current.namespace == "a|..")
      #expect(trail.format == 7)
      #expect(try await node.logRecord(at: .max).items.first?.log.position == .max)
      #expect(try await node.consistency(from: 8).format == 8)
      #expect(try await node.headers(from: 9, limit: 10).headers.first?.header.octets == [9, 10])
      #expect(try await node.epochs(from: 4).links.first?.last.header.octets == [4, 232])
      #expect(try await node.latestHeader().headers.first?.header.octets == [12, 1])
      #expect(try await node.sealed([5]).ciphertext.octets == [5])
      #expect(try await node.packets([6]).contents.map(\.ciphertext.octets) == [[6]])
      var assets = WireAssetsRequest()
      assets.atLeast = 7
      #expect(
        try await node.assets(assets).items.first?.value.value.octets == assets.encoded)
      #expect(try await node.status().height == 12)
      #expect(try await node.genesis() == [1, 2, 3])
      #expect(try await node.metrics() == "up 1\n")
    }
  }

  @Test("Receipts come back although every call was refused, and a problem of that status does not")
  func conflict() async throws {
    try await withNode { node in
      let refused = try await node.submit(Array("refused".utf8))
      #expect(refused.receipts.first?.refusal.code == "invoice.exists")
      let report = ProblemReport(
        code: "conflict", status: 409, field: "key", value: "k", remedy: "use another",
        retryAfter: nil)
      await #expect(throws: ClientFault.refused(report)) {
        try await node.submit(Array("conflict".utf8))
      }
    }
  }

  @Test("A refusal carries all that the node says")
  func refusal() async throws {
    try await withNode { node in
      let busy = ProblemReport(
        code: "pool.full", status: 429, field: "pool", value: "9", remedy: "wait", retryAfter: 3)
      await #expect(throws: ClientFault.refused(busy)) {
        try await node.submit(Array("busy".utf8))
      }
      let limit = ProblemReport(
        code: "request.invalid_parameter", status: 400, field: "limit", value: "0",
        remedy: "ask for 1 to 1000 headers", retryAfter: nil)
      await #expect(throws: ClientFault.refused(limit)) {
        try await node.headers(from: 1, limit: 0)
      }
    }
  }

  @Test("Events come in order and can be resumed; the node's problem ends them")
  func events() async throws {
    try await withNode { node in
      var positions: [UInt64] = []
      for try await item in try await node.events(from: 1) {
        positions.append(item.position)
        if positions.count == 3 { break }
      }
      #expect(positions == [1, 2, 3])
      var rest: [UInt64] = []
      var fault: ClientFault?
      do {
        for try await item in try await node.events(from: 4) { rest.append(item.position) }
      } catch {
        fault = error as? ClientFault
      }
      #expect(rest == [4])
      guard case .refused(let report) = fault else {
        Issue.record("the stream ended with \(String(describing: fault))")
        return
      }
      #expect(report.code == "log.unreadable")
      #expect(report.value == "5")
    }
  }

  @Test("A stream that cannot start is refused")
  func noStream() async throws {
    try await withNode { node in
      let report = ProblemReport(
        code: "log.no_such_position", status: 404, field: "position", value: "9",
        remedy: "start below", retryAfter: nil)
      await #expect(throws: ClientFault.refused(report)) {
        _ = try await node.events(from: 9)
      }
    }
  }

  @Test("A node that takes too long is given up")
  func timeout() async throws {
    try await withNode(ScriptedNode(delay: .seconds(3)), timeout: .milliseconds(300)) { node in
      await #expect(throws: ClientFault.timedOut(url: node.url)) { try await node.status() }
    }
  }

  @Test(
    "Nobody at the address is unreachable, by name and in words",
    arguments: ["127.0.0.1", "localhost"])
  func unreachable(_ host: String) async throws {
    // Bound and closed again: nobody listens there.
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = server.localAddress?.port ?? 0
    try await server.close()
    let node = try NodeConnection(url: "http://\(host):\(port)", timeout: .seconds(2))
    var fault: ClientFault?
    do { _ = try await node.status() } catch { fault = error }
    await node.close()
    switch fault {
    case .unreachable(let url, "connection refused"), .timedOut(let url): #expect(url == node.url)
    default: Issue.record("\(String(describing: fault))")
    }
  }

  @Test(
    "An address of another form is refused",
    arguments: ["", "localhost:80", "ftp://localhost", "http://", "http://h:1/path", "http://h?x"])
  func badAddress(_ url: String) {
    #expect(throws: ClientFault.self) { try NodeConnection(url: url) }
  }

  @Test(
    "What answers without being a node is a protocol violation",
    arguments: [
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
      "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 5\r\ncontent-type: text/html\r\n\r\nhello",
      "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: /v1/other\r\n\r\n",
      "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n"
        + "content-type: application/x-protobuf;message=Problem\r\n\r\n{}",
    ])
  func violation(_ answer: String) async throws {
    try await withImpostor(answer) { node in
      for attempt in ["status", "events"] {
        var fault: ClientFault?
        do {
          if attempt == "status" {
            _ = try await node.status()
          } else {
            _ = try await node.events()
          }
        } catch { fault = error as? ClientFault }
        guard case .protocolViolation = fault else {
          Issue.record("\(attempt): \(String(describing: fault))")
          return
        }
      }
    }
  }

  @Test("An answer without end is given up at the limit")
  func endless() async throws {
    let chunk = "100000\r\n" + String(repeating: "x", count: 0x100000) + "\r\n"
    let answer =
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
      + String(repeating: chunk, count: 33)
    try await withImpostor(answer) { node in
      let fault = ClientFault.protocolViolation(
        reason: "the answer has more than 33554432 bytes")
      await #expect(throws: fault) { try await node.genesis() }
    }
  }

  @Test("Over HTTPS, a node is trusted by its authority alone")
  func https() async throws {
    let certificate = try TestCertificate()
    let files = APIConfiguration.TLSFiles(
      certificateChain: certificate.chainPath, privateKey: certificate.keyPath)
    let roots = certificate.chainPath
    try await Self.withServer(ScriptedNode(), tls: files) { port in
      let url = "https://localhost:\(port)"
      let trusting = try NodeConnection(url: url, trustRoots: roots)
      #expect(try await Self.closing(trusting) { try await $0.status().height } == 12)
      let doubting = try NodeConnection(url: url, timeout: .seconds(5))
      await #expect(throws: ClientFault.self) {
        try await Self.closing(doubting) { try await $0.status() }
      }
    }
    #expect(throws: ClientFault.self) {
      try NodeConnection(url: "https://localhost:1", trustRoots: "/nowhere.pem")
    }
    #expect(throws: APIFault.self) {
      try APIServer(
        service: ScriptedNode(),
        configuration: APIConfiguration(
          host: "127.0.0.1", port: 0,
          tls: .init(certificateChain: roots, privateKey: "/nowhere.pem")),
        logger: Logger(label: "test"))
    }
  }
}

/// Says one thing to whatever it hears.
private final class Parrot: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let answer: String

  init(answer: String) {
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
  }
}
