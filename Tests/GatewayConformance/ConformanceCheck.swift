/// What every gateway must do, one promise each.
/// - Source: docs/spec/22-gateways.md, rules A3 to A8.
package enum ConformanceCheck: String, CaseIterable, Sendable, CustomStringConvertible {
  case takesOnce = "A document delivered again is answered alike and taken once"
  case takesOnceAtOnce = "A document delivered by several at once is taken once"
  case refusesOther = "Another document of a taken id is refused, and the first stays"
  case takesWhole = "Every field of a delivered document arrives"
  case givesWhole = "Every field of a document that is given comes out"
  case keepsOrder = "Documents are given in order, page by page, each once"
  case repeatsCursor = "The same cursor gives the same documents again"
  case waitsAtEnd = "At the end there are none, and what comes later follows there"
  case refusesCursor = "A cursor that was never given is refused"
  case namesRefusal = "A document that is refused is refused with its code, again and again"
  case refusesLarge = "A content above the place's limit is refused by name, one at it is taken"
  case refusesLate = "A document whose timeout has passed is refused"
  case answersAfterTimeout = "A document taken in time is answered alike after its timeout"
  case tellsOutcome = "The outcome is unknown, then pending, then final"
  case settlesOnce = "A document settled again is settled once"
  case settlesOneWay = "A document is not settled with another outcome"
  case settlesOwn = "A document that did not come from here cannot be settled"
  case survivesOutage =
    "A call during an outage fails as transient, has no effect, and can be made later"
  case survivesLostAnswer = "A call whose answer is lost fails as transient, and has effect once"
  case tellsBusy = "A place that asks for patience is busy, not refusing"
  case survivesRestart = "What was taken and given before a restart is known after it"

  package var description: String { rawValue }
}

/// What a gateway did instead of what it promises.
package struct ConformanceFailure: Error, Hashable, CustomStringConvertible {
  package let check: ConformanceCheck
  package let found: String

  package var description: String { "not true: \(check). \(found)" }
}
