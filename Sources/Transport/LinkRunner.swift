internal import Logging
internal import NIOCore
internal import NIOPosix

/// Listens and dials as long as the process has links.
struct LinkRunner {
  /// How often to look for someone to dial; not longer than the first wait.
  private static let dialInterval: Duration = .milliseconds(50)
  /// Bytes written and not yet taken by the network at which sealing pauses and goes on: what an
  /// urgent message waits behind.
  private static let unsentBytes = 64 << 10...256 << 10
  /// Connections that the system accepts before this process does.
  private static let backlog: Int32 = 128

  let table: LinkTable

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      try await serve(on: group)
    } catch {
      try await group.shutdownGracefully()
      throw error
    }
    try await group.shutdownGracefully()
  }

  private func serve(on group: MultiThreadedEventLoopGroup) async throws {
    let configuration = table.configuration
    let listener = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Self.backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.writeBufferWaterMark, value: Self.waterMark)
      .childChannelInitializer { [table] in Self.prepare($0, table, dialled: nil) }
      .bind(host: configuration.host, port: configuration.port).get()
    table.listens(at: listener.localAddress?.port)
    // The event loop goes only after every dialled connection, even one just being made.
    try await withThrowingDiscardingTaskGroup { connections in
      defer { table.stop() }
      while !Task.isCancelled {
        guard listener.isActive else { throw ChannelError.ioOnClosedChannel }
        for address in table.due(now: .now()) {
          connections.addTask { await dial(address, on: group) }
        }
        try? await Task.sleep(for: Self.dialInterval)
      }
    }
  }

  /// Connects, and returns when the connection has ended.
  private func dial(_ address: PeerAddress, on group: MultiThreadedEventLoopGroup) async {
    do {
      let channel = try await ClientBootstrap(group: group)
        .connectTimeout(TimeAmount(table.configuration.limits.handshakeTimeout))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelOption(.autoRead, value: false)
        .channelOption(.writeBufferWaterMark, value: Self.waterMark)
        .channelInitializer { [table] in Self.prepare($0, table, dialled: address) }
        .connect(host: address.host, port: address.port).get()
      try await channel.closeFuture.get()
    } catch {
      table.logger.debug("cannot dial \(address.name): \(error)")
    }
    table.ended(dialling: address)
  }

  private static var waterMark: ChannelOptions.Types.WriteBufferWaterMark {
    .init(low: unsentBytes.lowerBound, high: unsentBytes.upperBound)
  }

  private static func prepare(
    _ channel: any Channel, _ table: LinkTable, dialled: PeerAddress?
  ) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(LinkHandler(table: table, dialled: dialled))
    }
  }
}
