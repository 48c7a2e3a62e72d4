internal import Cryptography
public import LedgerModel

/// Transactions that wait to be ordered, in order of arrival. Their signatures were checked.
///
/// Bounded as a whole and per member, so that one member's flood neither fills the memory nor
/// keeps the others out.
public struct TransactionPool: Sendable {
  /// Bounds; what is over them is refused, never queued. An empty pool accepts a transaction of any
  /// size, and so it is with the bytes of a member of whom none waits, or a large one could never
  /// be ordered.
  public struct Limits: Hashable, Sendable {
    /// Bytes of all waiting transactions with their attachments.
    public let bytes: Int
    /// Waiting transactions of one member.
    public let transactionsPerMember: Int
    /// Their bytes.
    public let bytesPerMember: Int

    public init(bytes: Int, transactionsPerMember: Int, bytesPerMember: Int) {
      self.bytes = bytes
      self.transactionsPerMember = transactionsPerMember
      self.bytesPerMember = bytesPerMember
    }
  }

  /// What is over new bounds already stays.
  public var limits: Limits
  private var waiting: [(transaction: Transaction, epoch: UInt64)] = []
  /// Transactions at the front of `waiting` that were taken already.
  private var taken = 0
  private var ids: Set<Digest> = []
  private var byMember: [String: (count: Int, bytes: Int)] = [:]
  /// Bytes of what waits.
  public private(set) var byteCount = 0

  public init(limits: Limits) {
    self.limits = limits
  }

  /// Transactions that wait.
  public var count: Int { waiting.count - taken }
  public var isEmpty: Bool { count == 0 }

  /// Adds a transaction.
  /// - Parameter epoch: The epoch under whose registry it was judged.
  /// - Returns: False if it waits already.
  public mutating func add(
    _ transaction: Transaction, epoch: UInt64
  ) throws(PoolFault) -> Bool {
    guard !ids.contains(transaction.id) else { return false }
    let size = transaction.byteCount
    guard byteCount + size <= limits.bytes || isEmpty else {
      throw .full(bytes: byteCount, limit: limits.bytes)
    }
    let (count, bytes) = byMember[transaction.member, default: (0, 0)]
    guard count < limits.transactionsPerMember else {
      throw .quota(member: transaction.member, limit: limits.transactionsPerMember)
    }
    guard bytes + size <= limits.bytesPerMember || count == 0 else {
      throw .byteQuota(member: transaction.member, limit: limits.bytesPerMember)
    }
    ids.insert(transaction.id)
    byMember[transaction.member] = (count + 1, bytes + size)
    byteCount += size
    waiting.append((transaction, epoch))
    return true
  }

  /// Takes the oldest transactions, up to a number of them, of calls and of bytes; at least one.
  /// - Returns: Also the oldest epoch in which one of them was judged.
  public mutating func take(
    transactions: Int, calls: Int, bytes: Int
  ) -> (transactions: [Transaction], epoch: UInt64) {
    var (callsLeft, bytesLeft) = (calls, bytes)
    var batch: [Transaction] = []
    var oldest = UInt64.max
    while taken < waiting.count, batch.count < transactions {
      let (next, epoch) = waiting[taken]
      let size = next.byteCount
      guard batch.isEmpty || next.calls.count <= callsLeft && size <= bytesLeft else { break }
      taken += 1
      callsLeft -= next.calls.count
      bytesLeft -= size
      forget(next, size)
      batch.append(next)
      oldest = min(oldest, epoch)
    }
    // Moving the rest down costs its length, so it is done when at least half of the array is free.
    if 2 * taken >= waiting.count {
      waiting.removeFirst(taken)
      taken = 0
    }
    return (batch, oldest)
  }

  private mutating func forget(_ transaction: Transaction, _ size: Int) {
    byteCount -= size
    ids.remove(transaction.id)
    let (count, bytes) = byMember[transaction.member, default: (1, size)]
    byMember[transaction.member] = count == 1 ? nil : (count - 1, bytes - size)
  }
}

/// Why a transaction may not wait now. All pass: the submitter tries again later.
public enum PoolFault: Error, Hashable, Sendable {
  case full(bytes: Int, limit: Int)
  case quota(member: String, limit: Int)
  case byteQuota(member: String, limit: Int)
}
