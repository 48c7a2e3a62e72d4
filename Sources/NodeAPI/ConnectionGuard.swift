internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Disconnects clients that are too slow, and ends connections so that the last answer is read.
///
/// Sits between the HTTP codec and the server:
/// - on the end of `ConnectionPace`'s patience: closes;
/// - on `Expect: 100-continue`: invites the body, unless it is larger than any route takes;
/// - on an answer before the request is read in full, or a request with `Connection: close`:
///   closes after the answer, because what follows is not worth reading;
/// - on a request that is not HTTP: answers with a problem document and closes.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let bounds: ConnectionPace.Bounds
  private let bodyBytesMax: Int
  private var pace: ConnectionPace
  private var patrol: Scheduled<Void>?
  private var endsAfterAnswer = false
  private var hasEnded = false

  init(bounds: ConnectionPace.Bounds, bodyBytesMax: Int) {
    self.bounds = bounds
    self.bodyBytesMax = bodyBytesMax
    pace = ConnectionPace(bounds: bounds, now: .now())
  }

  func handlerAdded(context: ChannelHandlerContext) {
    watch(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    patrol?.cancel()
  }

  func channelInactive(context: ChannelHandlerContext) {
    patrol?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !hasEnded else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      // Of pipelined requests, only the one being answered may end the connection.
      if !pace.isAnswering {
        endsAfterAnswer = head.headerFields[.connection]?.lowercased() == "close"
      }
      pace.headArrived(now: context.eventLoop.now)
      if head.headerFields[.expect]?.lowercased() == "100-continue" { invite(head, context) }
    case .body(let bytes):
      pace.bodyArrived(bytes: bytes.readableBytes)
    case .end:
      pace.requestArrived()
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head):
      if pace.isReceiving { endsAfterAnswer = true }
      guard endsAfterAnswer else { return context.write(data, promise: promise) }
      head.headerFields[.connection] = "close"
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body:
      context.write(data, promise: promise)
    case .end:
      context.write(data, promise: promise)
      pace.answered(now: context.eventLoop.now)
      if endsAfterAnswer { end(context) }
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    pace.becameWritable(context.channel.isWritable, now: context.eventLoop.now)
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if hasEnded, case .inputClosed? = event as? ChannelEvent {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError, !pace.isAnswering, !hasEnded else {
      return context.fireErrorCaught(error)
    }
    let answer = Answer.plain(.malformedHTTP(error))
    pace.headArrived(now: context.eventLoop.now)
    endsAfterAnswer = true
    write(context: context, data: wrapOutboundOut(.head(answer.head)), promise: nil)
    write(context: context, data: wrapOutboundOut(.body(answer.body)), promise: nil)
    write(context: context, data: wrapOutboundOut(.end(nil)), promise: nil)
  }

  private func watch(_ context: ChannelHandlerContext) {
    patrol = context.eventLoop.assumeIsolated().scheduleTask(in: bounds.interval) {
      if self.pace.isOverdue(now: context.eventLoop.now) {
        context.close(promise: nil)
      } else {
        self.watch(context)
      }
    }
  }

  private func invite(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
    let bytes = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
    guard bytes <= bodyBytesMax else { return }
    context.writeAndFlush(
      wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
  }

  /// Says that nothing follows, and leaves the client some time to read what was said.
  private func end(_ context: ChannelHandlerContext) {
    hasEnded = true
    pace.announcedEnd(now: context.eventLoop.now)
    context.flush()
    context.close(mode: .output, promise: nil)
  }
}
