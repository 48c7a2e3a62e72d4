internal import NIOCore
internal import Synchronization

/// A connection whose peer is known, as the rest of the process sees it.
final class Link: Sendable {
  let peer: PeerKey
  /// Whether the one with the smaller key dialled: of two connections, that one stays.
  let isPreferred: Bool
  let channel: any Channel
  let record: PeerRecord
  let outbox: Outbox
  let upSince: NIODeadline
  private let heard: Atomic<UInt64>

  init(
    peer: PeerKey, isPreferred: Bool, channel: any Channel, record: PeerRecord,
    limits: LinkLimits, now: NIODeadline
  ) {
    self.peer = peer
    self.isPreferred = isPreferred
    self.channel = channel
    self.record = record
    upSince = now
    heard = Atomic(now.uptimeNanoseconds)
    outbox = Outbox(limits: limits, record: record) { channel.signal($0) }
  }

  /// When the last byte came.
  var lastHeard: NIODeadline {
    get { .uptimeNanoseconds(heard.load(ordering: .relaxed)) }
    set { heard.store(newValue.uptimeNanoseconds, ordering: .relaxed) }
  }
}

extension Channel {
  /// The address at the other end, without a port.
  var caller: String { remoteAddress?.ipAddress ?? "" }

  /// Tells the handler of this connection something, later, on its event loop.
  func signal(_ signal: LinkSignal) {
    eventLoop.execute { self.pipeline.fireUserInboundEventTriggered(signal) }
  }
}
