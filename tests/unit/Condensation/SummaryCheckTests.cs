using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class SummaryCheckTests
{
    private const string Source = "Ada restarted the ingest service on Monday. Grace found that the disk was full and deleted old logs. 我们昨天在北京讨论了预算问题。";

    [Theory]
    [InlineData("Ada restarted the service; Grace freed the disk by deleting logs.", true)]
    [InlineData("The services restarted and the disks are full.", true)]
    [InlineData("昨天在北京讨论了预算。", true)]
    [InlineData("", false)]
    [InlineData(" \n", false)]
    [InlineData("...", false)]
    [InlineData("qzxv wqjk zzzx vvkj", false)]
    [InlineData("I am sorry, but I cannot help with that request.", false)]
    [InlineData("天气很好我想出去走走。", false)]
    public void Usable_IsWhatSpeaksOfTheSame(string summary, bool isUsable) => Assert.Equal(isUsable, SummaryCheck.IsUsable(summary, Source, CondensationWords.English));

    [Fact]
    public void Comparison_ThatIsEnded_EndsAtTheNextWord() => Assert.ThrowsAny<OperationCanceledException>(
        () => SummaryCheck.IsUsable("qzxv wqjk zzzx vvkj", Source, CondensationWords.English, new CancellationToken(canceled: true)));

    [Fact]
    public void Flood_IsNotUsable() => Assert.False(SummaryCheck.IsUsable(string.Concat(Enumerable.Repeat("service ", 10_000)), Source, CondensationWords.English));
}
