internal import Cryptography
internal import Logging
internal import NIOCore

/// Runs one connection: greeting, handshake, then messages both ways until it ends.
///
/// Everything that a peer does wrong ends the connection here, through `end`.
final class LinkHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase {
    case opening
    /// The listener waits for the dialler's preamble.
    case greeting
    case handshaking(LinkHandshake)
    /// The dialler waits for the first sealed frame: the listener has accepted its key.
    case awaiting(PeerKey, NoiseSession)
    case up(LinkTraffic)
    case ended
  }

  let table: LinkTable
  private let dialled: PeerAddress?
  var phase = Phase.opening
  private var reader = FrameReader()
  var timer: Scheduled<Void>?
  var isReadingPaused = false
  var isDraining = false
  /// Whether anything was written since the last look at the link.
  var hasWritten = false
  /// Looks in a row that found nothing heard: not a time, because a process that was held up must
  /// not take its own delay for its peer's.
  var silentLooks = 0

  /// - Parameter dialled: The address that was dialled; `nil` for a connection from outside.
  init(table: LinkTable, dialled: PeerAddress?) {
    self.table = table
    self.dialled = dialled
  }

  // MARK: Events

  func handlerAdded(context: ChannelHandlerContext) {
    guarded(context) { () throws(LinkClosure) in try table.register(context.channel) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { table.forget(context.channel) }

  func channelActive(context: ChannelHandlerContext) {
    if case .ended = phase { return }
    guarded(context) { () throws(LinkClosure) in
      if dialled == nil { try table.beginHandshake(of: context.channel) }
      let timeout = TimeAmount(table.configuration.limits.handshakeTimeout)
      timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
        self.end(context, .refused(.timeout))
      }
      if dialled == nil {
        phase = .greeting
      } else {
        try dial(context)
      }
      context.read()
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .ended = phase { return }
    let bytes = unwrapInboundIn(data)
    if case .up(let traffic) = phase {
      silentLooks = 0
      traffic.link.lastHeard = .now()
      traffic.link.record.count { $0.bytesIn += UInt64(bytes.readableBytes) }
    }
    reader.append(bytes)
    guarded(context) { () throws(LinkClosure) in
      while try step(context) {}
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    switch phase {
    case .ended: return
    case .up(let traffic): isReadingPaused = !traffic.account.mayRead()
    case .opening, .greeting, .handshaking, .awaiting: break
    }
    if !isReadingPaused { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { drain(context) }

  func channelInactive(context: ChannelHandlerContext) {
    end(context, .closedByPeer)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(context, .failed("\(error)"))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event as? LinkSignal {
    case .drain: drain(context)
    case .resume: resume(context)
    case .close(let closure): end(context, closure)
    case nil: context.fireUserInboundEventTriggered(event)
    }
  }

  // MARK: Handshake

  private func dial(_ context: ChannelHandlerContext) throws(LinkClosure) {
    do {
      var handshake = try makeHandshake(.initiator)
      var buffer = ByteBuffer(bytes: table.credentials.preamble)
      buffer.writeImmutableBuffer(FrameReader.frame(try handshake.opening()))
      // Before writing, which may end the connection at once.
      phase = .handshaking(handshake)
      context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    } catch {
      throw .refused(error)
    }
  }

  private func makeHandshake(
    _ role: NoiseHandshake.Role
  ) throws(LinkRefusal) -> LinkHandshake {
    try LinkHandshake(
      role, credentials: table.credentials, expected: dialled?.key, isAllowed: table.isAllowed)
  }

  /// Deals with the next thing that came in full.
  /// - Returns: False if there is none.
  private func step(_ context: ChannelHandlerContext) throws(LinkClosure) -> Bool {
    do {
      switch phase {
      case .opening, .ended:
        return false
      case .greeting:
        let preamble = reader.peek(LinkCredentials.preambleByteCount)
        try table.credentials.check(preamble: preamble)
        guard preamble.count == LinkCredentials.preambleByteCount else { return false }
        reader.skip(preamble.count)
        phase = .handshaking(try makeHandshake(.responder))
      case .handshaking(var handshake):
        guard let message = try reader.next(byteCountMax: LinkHandshake.messageByteCountMax)
        else { return false }
        try Self.checkRefusal(message)
        let progress = try handshake.read(message)
        phase = .handshaking(handshake)
        try proceed(context, progress)
      case .awaiting(let peer, let session):
        guard let frame = try reader.next(byteCountMax: NoiseSuite.messageByteCountMax)
        else { return false }
        try Self.checkRefusal(frame)
        let traffic = traffic(context, with: peer, session)
        // The frame is opened before the link is claimed: it proves that the listener accepted.
        let message = try traffic.open(frame)
        try establish(context, traffic)
        if let message { table.deliver(.message(peer, message)) }
      case .up(let traffic):
        guard let frame = try reader.next(byteCountMax: NoiseSuite.messageByteCountMax)
        else { return false }
        if let message = try traffic.open(frame) {
          table.deliver(.message(traffic.link.peer, message))
        }
      }
      return true
    } catch let refusal as LinkRefusal {
      throw .refused(refusal)
    } catch let closure as LinkClosure {
      throw closure
    } catch {
      throw .failed("\(error)")
    }
  }

  /// A frame of one byte is a refusal in plain: no other frame is so short.
  private static func checkRefusal(_ frame: [UInt8]) throws(LinkClosure) {
    if frame.count == 1 { throw .refusedByPeer(code: frame[0]) }
  }

  private func proceed(
    _ context: ChannelHandlerContext, _ progress: LinkHandshake.Step
  ) throws(LinkClosure) {
    switch progress {
    case .answer(let message):
      context.writeAndFlush(wrapOutboundOut(FrameReader.frame(message)), promise: nil)
    case .complete(let answer?, let peer, let session):
      phase = .awaiting(peer, session)
      if let dialled { table.learned(dialled, key: peer) }
      context.writeAndFlush(wrapOutboundOut(FrameReader.frame(answer)), promise: nil)
    case .complete(nil, let peer, let session):
      let traffic = traffic(context, with: peer, session)
      try establish(context, traffic)
      write(context, LinkFrame.ping, of: traffic)
      context.flush()
    }
  }

  private func traffic(
    _ context: ChannelHandlerContext, with peer: PeerKey, _ session: NoiseSession
  ) -> LinkTraffic {
    let link = Link(
      peer: peer, isPreferred: (dialled != nil) == (table.credentials.key < peer),
      channel: context.channel, record: table.record(of: peer),
      limits: table.configuration.limits, now: .now())
    return LinkTraffic(link, session: session, configuration: table.configuration)
  }

  /// Makes the connection the link to its peer.
  private func establish(
    _ context: ChannelHandlerContext, _ traffic: LinkTraffic
  ) throws(LinkClosure) {
    switch table.claim(traffic.link, dialled: dialled) {
    case .refused(let closure):
      throw closure
    case .granted(let replaced):
      phase = .up(traffic)
      endHandshake(context)
      // All connections share this event loop, so the old link is down before the new one is up.
      replaced?.channel.pipeline.fireUserInboundEventTriggered(LinkSignal.close(.replaced))
      table.logger.info("link up", metadata: metadata(context))
      table.deliver(.up(traffic.link.peer))
      watch(context)
    }
  }

  private func endHandshake(_ context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    table.endedHandshake(of: context.channel)
  }

  // MARK: Ending

  func guarded(
    _ context: ChannelHandlerContext, _ body: () throws(LinkClosure) -> Void
  ) {
    do { try body() } catch { end(context, error) }
  }

  /// Ends the connection; only the first reason counts.
  func end(_ context: ChannelHandlerContext, _ closure: LinkClosure) {
    let before = phase
    if case .ended = before { return }
    tell(of: closure, context)
    phase = .ended
    endHandshake(context)
    if case .refused(let refusal) = closure { table.count(refusal) }
    switch before {
    case .up(let traffic):
      traffic.account.close()
      table.release(traffic.link)
      table.deliver(.down(traffic.link.peer, reason: "\(closure)"))
    case .opening, .greeting, .handshaking:
      if case .refused(let refusal) = closure {
        let frame = FrameReader.frame([refusal.rawValue])
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
      }
    case .awaiting, .ended:
      break
    }
    context.close(promise: nil)
  }

  private func tell(of closure: LinkClosure, _ context: ChannelHandlerContext) {
    var level = Logger.Level.info
    switch phase {
    case .opening, .greeting, .handshaking, .awaiting:
      if dialled == nil {
        level = .debug
        table.endedStranger(closure, from: context.channel.caller)
      }
    case .up, .ended: break
    }
    table.logger.log(level: level, "link ended: \(closure)", metadata: metadata(context))
  }

  private func metadata(_ context: ChannelHandlerContext) -> Logger.Metadata {
    var metadata: Logger.Metadata = ["address": "\(context.remoteAddress?.description ?? "?")"]
    if let dialled { metadata["dialled"] = "\(dialled.name)" }
    if case .up(let traffic) = phase { metadata["peer"] = "\(traffic.link.peer)" }
    return metadata
  }
}
