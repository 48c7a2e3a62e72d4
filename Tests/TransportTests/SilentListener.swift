import Cryptography
import NIOCore
import NIOPosix
import Testing

@testable import Transport

/// Listens, shakes hands, says one ping and nothing ever after.
struct SilentListener {
  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let credentials: LinkCredentials
    private var handshake: LinkHandshake?
    private var reader = FrameReader()

    init(_ credentials: LinkCredentials) { self.credentials = credentials }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      reader.append(unwrapInboundIn(data))
      do {
        if handshake == nil {
          reader.skip(LinkCredentials.preambleByteCount)
          handshake = try LinkHandshake(
            .responder, credentials: credentials, expected: nil, isAllowed: { _ in true })
        }
        while let frame = try reader.next(byteCountMax: NoiseSuite.messageByteCountMax) {
          // Pings come after the handshake and are not answered.
          guard let step = try? handshake?.read(frame) else { continue }
          switch step {
          case .answer(let message): send(context, message)
          case .complete(_, _, var session):
            let ping = LinkFrame.ping
            send(context, try session.outgoing.encrypt(ping.span))
          }
        }
      } catch {
        Issue.record(error)
      }
    }

    private func send(_ context: ChannelHandlerContext, _ bytes: [UInt8]) {
      context.writeAndFlush(wrapOutboundOut(FrameReader.frame(bytes)), promise: nil)
    }
  }

  private let channel: any Channel
  let address: PeerAddress

  static func start(_ credentials: LinkCredentials) async throws -> SilentListener {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Handler(credentials))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(channel.localAddress?.port)
    return SilentListener(
      channel: channel, address: PeerAddress(name: "silent", host: "127.0.0.1", port: port))
  }

  func stop() async throws { try await channel.close().get() }
}
