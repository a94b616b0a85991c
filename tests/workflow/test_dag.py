def test_x(fresh):
    for a in [("multilabels=/nope",),("published=/nope",),("datasets=[imagenet-a]",),("datasets=[imagenet-a]","images={imagenet-a: nope}"), ("groupings={curated: nope.yaml}",),  ("dataset=[imagenet,imagenet-a]",), ("broken_predictions=no",)]:
        r = fresh.build("--dry-run", config=a)
        print("#####", a, r.status, r.output if r.status else r.jobs)
    assert 0
