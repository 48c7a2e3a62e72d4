internal import Synchronization

/// An amount that requests share, taken before use and given back when its share is dropped.
final class Quota: Sendable {
  /// A part of the amount; dropping it gives it back, whatever way a request ends.
  final class Share: Sendable {
    private let quota: Quota
    private let amount: Int

    fileprivate init(quota: Quota, amount: Int) {
      self.quota = quota
      self.amount = amount
    }

    deinit { quota.taken.subtract(amount, ordering: .relaxed) }
  }

  let limit: Int
  private let taken = Atomic<Int>(0)

  init(_ limit: Int) {
    self.limit = limit
  }

  /// Takes `amount`, or nothing and answers `nil` if less is left.
  func take(_ amount: Int) -> Share? {
    let sum = taken.add(amount, ordering: .relaxed).newValue
    guard sum <= limit else {
      taken.subtract(amount, ordering: .relaxed)
      return nil
    }
    return Share(quota: self, amount: amount)
  }
}
