internal import NIOCore
internal import Synchronization

/// The numbers of one peer, over all its connections.
final class PeerRecord: Sendable {
  private let numbers = Mutex(LinkMetrics.Peer())

  /// Changes the numbers.
  func count(_ change: (inout LinkMetrics.Peer) -> Void) {
    numbers.withLock { change(&$0) }
  }

  /// The numbers now, with what the present link says of itself.
  func metrics(_ link: Link?, now: NIODeadline) -> LinkMetrics.Peer {
    var metrics = numbers.withLock { $0 }
    metrics.upFor = link.map { .nanoseconds((now - $0.upSince).nanoseconds) }
    metrics.queuedBytes = link?.outbox.byteCount ?? 0
    return metrics
  }
}
