def test_comment(workspace):
    workspace.append("workflow/errata/labels/experts.py", "# hello")
    r = workspace.build()
    print(r.output)
    print(r.jobs)
    r = workspace.build("--dry-run")
    print(r.jobs)
    assert 0
