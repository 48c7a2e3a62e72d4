internal import NIOCore

/// What a standing link does: send what waits, read on, and watch for silence.
extension LinkHandler {
  /// Most bytes sealed before other connections get their turn.
  private static let burstBytesMax = 1 << 20

  /// Seals and writes what waits, as long as the network takes it.
  func drain(_ context: ChannelHandlerContext) {
    guard case .up(let traffic) = phase, !isDraining else { return }
    isDraining = true
    var burstBytes = 0
    while context.channel.isWritable, burstBytes < Self.burstBytesMax,
      let frame = traffic.link.outbox.nextFrame()
    {
      burstBytes += frame.plaintext.count
      write(context, frame.plaintext, of: traffic)
      if frame.endsMessage { traffic.link.record.count { $0.messagesOut += 1 } }
    }
    context.flush()
    isDraining = false
    // Flushing may have made room, and a burst may have left something: others go first.
    if context.channel.isWritable, traffic.link.outbox.isAwake {
      context.channel.signal(.drain)
    }
  }

  func write(
    _ context: ChannelHandlerContext, _ plaintext: [UInt8], of traffic: LinkTraffic
  ) {
    guarded(context) { () throws(LinkClosure) in
      let frame: ByteBuffer
      do { frame = try traffic.seal(plaintext) } catch { throw .failed("\(error)") }
      hasWritten = true
      traffic.link.record.count { $0.bytesOut += UInt64(frame.readableBytes) }
      context.write(wrapOutboundOut(frame), promise: nil)
    }
  }

  func resume(_ context: ChannelHandlerContext) {
    guard case .up(let traffic) = phase, isReadingPaused else { return }
    isReadingPaused = false
    traffic.link.lastHeard = .now()
    context.read()
  }

  /// Says something now and then, and notices when the peer does not.
  func watch(_ context: ChannelHandlerContext) {
    let limits = table.configuration.limits
    timer = context.eventLoop.assumeIsolated().scheduleTask(
      in: TimeAmount(limits.pingInterval)
    ) {
      guard case .up(let traffic) = self.phase else { return }
      // What is not read is no silence.
      if !self.isReadingPaused { self.silentLooks += 1 }
      if limits.pingInterval * self.silentLooks > limits.silenceMax {
        return self.end(context, .silent)
      }
      if !self.hasWritten, context.channel.isWritable {
        self.write(context, LinkFrame.ping, of: traffic)
        context.flush()
      }
      self.hasWritten = false
      self.watch(context)
    }
  }
}
