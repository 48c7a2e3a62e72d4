import Cryptography
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Transport

/// A connection that says whatever a test wants.
final class RawPeer: Sendable {
  private struct State {
    var received: [UInt8] = []
    var isClosed = false
  }

  /// Collects what comes.
  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let peer: RawPeer

    init(_ peer: RawPeer) { self.peer = peer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = Array(unwrapInboundIn(data).readableBytesView)
      peer.state.withLock { $0.received += bytes }
    }

    func channelInactive(context: ChannelHandlerContext) {
      peer.state.withLock { $0.isClosed = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  private let state = Mutex(State())
  private let slot = Mutex<(any Channel)?>(nil)

  /// Connects to a node, from an address of the loopback interface.
  static func connect(
    to node: TestNode, from address: String = "127.0.0.1"
  ) async throws -> RawPeer {
    let peer = RawPeer()
    let port = try #require(node.links.listeningPort)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .bind(to: SocketAddress(ipAddress: address, port: 0))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Collector(peer))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    peer.slot.withLock { $0 = channel }
    return peer
  }

  private var channel: (any Channel)? { slot.withLock { $0 } }
  var isClosed: Bool { state.withLock { $0.isClosed } }
  var received: [UInt8] { state.withLock { $0.received } }

  func write(_ bytes: [UInt8]) {
    channel?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
  }

  /// Writes `bytes` with their length before them.
  func writeFrame(_ bytes: [UInt8]) {
    write([UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes)
  }

  /// Waits for a frame and takes it.
  func readFrame() async throws -> [UInt8] {
    var frame: [UInt8]?
    try await eventually("a frame comes") {
      frame = state.withLock { state in
        guard state.received.count >= 2 else { return nil }
        let end = 2 + Int(state.received[0]) << 8 + Int(state.received[1])
        guard state.received.count >= end else { return nil }
        defer { state.received.removeFirst(end) }
        return Array(state.received[2..<end])
      }
      return frame != nil
    }
    return try #require(frame)
  }

  /// Stops taking bytes from the network.
  func stopReading() async throws {
    try await channel?.setOption(.autoRead, value: false).get()
  }

  func resumeReading() async throws {
    try await channel?.setOption(.autoRead, value: true).get()
  }

  func close() { channel?.close(promise: nil) }

  /// Waits until the node has closed.
  func closes() async throws {
    try await eventually("the node closes") { isClosed }
  }

  /// Shakes hands honestly as the dialler.
  /// - Returns: What was said, and the session.
  func shakeHands(
    _ credentials: LinkCredentials
  ) async throws -> (said: [[UInt8]], session: NoiseSession) {
    var handshake = try LinkHandshake(
      .initiator, credentials: credentials, expected: nil, isAllowed: { _ in true })
    let opening = try handshake.opening()
    write(credentials.preamble)
    writeFrame(opening)
    guard case .complete(let answer?, _, let session) = try handshake.read(try await readFrame())
    else {
      throw LinkRefusal.malformed
    }
    writeFrame(answer)
    return ([opening, answer], session)
  }
}
