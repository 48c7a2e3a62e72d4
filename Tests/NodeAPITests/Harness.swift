import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NodeAPI
import ServiceLifecycle

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs a server on a free loopback port while `body` runs, then shuts it down gracefully.
func withServer<R: Sendable>(
  _ service: any NodeService, limits: APILimits = APILimits(),
  _ body: @Sendable @escaping (Int) async throws -> R
) async throws -> R {
  let (ports, port) = AsyncStream<Int>.makeStream()
  let server = try APIServer(
    service: service,
    configuration: APIConfiguration(host: "127.0.0.1", port: 0, limits: limits),
    logger: quiet
  ) { bound in
    port.yield(bound)
    port.finish()
  }
  let group = ServiceGroup(
    configuration: .init(services: [.init(service: server)], logger: quiet))
  return try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask {
      defer { port.finish() }
      try await group.run()
    }
    var iterator = ports.makeAsyncIterator()
    guard let bound = await iterator.next() else { throw NotListening() }
    do {
      let result = try await body(bound)
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      return result
    } catch {
      tasks.cancelAll()
      throw error
    }
  }
}

struct NotListening: Error {}

/// An answer with its whole body.
struct Reply: Sendable {
  let status: Int
  let headers: [String: String]
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
  var contentType: String { headers["content-type"] ?? "" }

  /// The members of a problem document.
  func problem() throws -> [String: String] {
    let object = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any] ?? [:]
    return object.mapValues { "\($0)" }
  }
}

/// Sends one request with an ordinary client.
func send(
  _ method: String, _ path: String, port: Int, headers: [(String, String)] = [],
  body: HTTPClientRequest.Body? = nil
) async throws -> Reply {
  var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
  request.method = .RAW(value: method)
  request.headers = .init(headers)
  request.body = body
  let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
  let bytes = try await response.body.collect(upTo: 64 * 1_024 * 1_024)
  return Reply(
    status: Int(response.status.code),
    headers: Dictionary(
      response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { a, _ in a }),
    body: [UInt8](buffer: bytes))
}

/// A client that sends exactly the bytes it is told to, when it is told to.
struct RawClient {
  typealias Inbound = NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator

  let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  var inbound: Inbound

  static func connect<R: Sendable>(
    port: Int, _ body: @Sendable @escaping (inout RawClient) async throws -> R
  ) async throws -> R {
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var client = RawClient(outbound: outbound, inbound: inbound.makeAsyncIterator())
      return try await body(&client)
    }
  }

  func write(_ text: String) async throws {
    try await outbound.write(ByteBuffer(string: text))
  }

  /// What arrives until `text` has arrived or the server closes.
  mutating func read(until text: String) async -> String {
    var all = ""
    while !all.contains(text), let chunk = try? await inbound.next() {
      all += String(buffer: chunk)
    }
    return all
  }

  /// What arrives until the server closes, and how long that took.
  mutating func readToEnd() async -> (text: String, time: Duration) {
    let start = ContinuousClock.now
    var all = ""
    while let chunk = try? await inbound.next() { all += String(buffer: chunk) }
    return (all, .now - start)
  }
}
