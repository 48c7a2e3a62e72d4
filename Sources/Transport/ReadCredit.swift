/// The bytes of one delivered message, given back to the link when its last holder lets go.
final class ReadCredit: Sendable {
  private let byteCount: Int
  private let account: ReadAccount

  init(_ byteCount: Int, from account: ReadAccount) {
    self.byteCount = byteCount
    self.account = account
  }

  deinit { account.giveBack(byteCount) }
}
