using System.Globalization;
using ProxyCluster.Core.Batching;

namespace ProxyCluster.Tests.Unit.Batching;

/// <summary>Calls as they were made, answered by the test on its own thread.</summary>
internal sealed class CallRecord
{
    private readonly List<Call> _calls = [];

    public Call this[int index] => _calls[index];

    public IReadOnlyList<Call> All => _calls;

    public IEnumerable<IReadOnlyList<int>> Items => _calls.Select(static call => call.Items);

    public IEnumerable<TimeSpan> Waits => _calls.Select(static call => call.Waited);

    public Task<IReadOnlyList<string>> SendAsync(string key, Batch<int> batch)
    {
        var call = new Call(key, batch);
        _calls.Add(call);
        return call.Result;
    }

    public sealed class Call(string key, Batch<int> batch)
    {
        // Continued on the thread of the test, so that what follows from an answer has happened when it returns.
        private readonly TaskCompletionSource<IReadOnlyList<string>> _result = new();

        public string Key => key;

        public IReadOnlyList<int> Items => batch.Items;

        public TimeSpan Waited => batch.Waited;

        public CancellationToken AllLeft => batch.AllLeft;

        public Task<IReadOnlyList<string>> Result => _result.Task;

        /// <summary>Answers the first so many; all, where not said.</summary>
        public void Answer(int? count = null) => Settle(() =>
            _result.SetResult([.. Items.Take(count ?? Items.Count).Select(static item => item.ToString(CultureInfo.InvariantCulture))]));

        public void Fail(Exception failure) => Settle(() => _result.SetException(failure));

        // A test's own context would make the batcher go on by another thread.
        private static void Settle(Action settle)
        {
            var context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                settle();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }
    }
}
