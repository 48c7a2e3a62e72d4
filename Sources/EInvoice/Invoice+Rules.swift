extension Invoice {
  /// Checks the rules between fields: first the sign, then the sums.
  func checkRules() throws(InvoiceFault) {
    try checkSign()
    try checkItems()
    try checkAuxiliaryItems()
    try checkSettlement()
  }

  private func checkSign() throws(InvoiceFault) {
    if isRed {
      guard totalAmount < .zero else { throw .redNotNegative(total: totalAmount) }
    } else {
      guard totalAmount >= .zero else { throw .redWithoutBlue(total: totalAmount) }
      guard totalAmount > .zero else { throw .blueNotPositive(total: totalAmount) }
    }
  }

  private func checkItems() throws(InvoiceFault) {
    let sum = try Self.sum(items.map(\.amount), of: "items")
    guard sum == totalAmount else { throw .itemsDoNotSum(sum: sum, total: totalAmount) }
  }

  /// Items with the same code share their breakdown; an item without lines has none to check.
  private func checkAuxiliaryItems() throws(InvoiceFault) {
    var amounts: [String: Fen] = [:]
    for item in items {
      amounts[item.code] = try Self.sum(
        [amounts[item.code] ?? .zero, item.amount], of: "items")
    }
    var sums: [String: Fen] = [:]
    for line in auxiliaryItems {
      guard amounts[line.itemCode] != nil else {
        throw .auxiliaryItemWithoutItem(itemCode: line.itemCode)
      }
      sums[line.itemCode] = try Self.sum(
        [sums[line.itemCode] ?? .zero, line.amount], of: "auxiliaryItems")
    }
    for item in items {
      guard let sum = sums[item.code], let amount = amounts[item.code] else { continue }
      guard sum == amount else {
        throw .auxiliaryItemsDoNotSum(itemCode: item.code, sum: sum, amount: amount)
      }
    }
  }

  /// 统筹 + 个人账户 + 个人现金 + 其他 = 金额合计. What the patient bore in all (个人自付) overlaps them.
  private func checkSettlement() throws(InvoiceFault) {
    guard let settlement else { return }
    let sum = try Self.sum(
      [
        settlement.pooledFundAmount, settlement.accountAmount, settlement.ownAmount,
        settlement.otherAmount ?? .zero,
      ], of: "settlement")
    guard sum == totalAmount else { throw .settlementDoesNotSum(sum: sum, total: totalAmount) }
  }

  private static func sum(_ amounts: [Fen], of field: String) throws(InvoiceFault) -> Fen {
    var sum = Fen.zero
    for amount in amounts {
      guard let next = sum.adding(amount) else { throw .sumOverflows(field: field) }
      sum = next
    }
    return sum
  }
}
