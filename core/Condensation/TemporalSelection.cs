namespace ProxyCluster.Core.Condensation;

/// <summary>What <c>temporal</c> keeps: the best by recency, importance and position, in their order.</summary>
internal static class TemporalSelection
{
    /// <summary>Spends the draft's budget.</summary>
    public static void Run(Draft draft)
    {
        var count = draft.Messages.Count;
        var now = draft.Request.Now ?? NewestOf(draft.Messages);
        var scores = new double[draft.Units.Length];
        for (var unit = 0; unit < scores.Length; unit++)
        {
            for (var i = draft.Units[unit].First; i < draft.Units[unit].End; i++)
            {
                var message = draft.Messages[i];
                var age = message.Timestamp is { } said && now is { } moment ? moment - said : TimeSpan.FromMinutes(count - 1 - i);
                var score = Importance.TemporalScore(age, Importance.Of(message.Text, draft.Request.Words), i, count);
                scores[unit] = Math.Max(scores[unit], score);
            }
        }

        foreach (var unit in Enumerable.Range(0, scores.Length).OrderByDescending(unit => scores[unit]).ThenByDescending(unit => unit))
        {
            draft.TryKeep(unit);
        }
    }

    private static DateTimeOffset? NewestOf(IReadOnlyList<ConversationMessage> messages)
    {
        DateTimeOffset? newest = null;
        foreach (var message in messages)
        {
            newest = newest is null || message.Timestamp > newest ? message.Timestamp ?? newest : newest;
        }

        return newest;
    }
}
